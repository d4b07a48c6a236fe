"""The npm packages that tests use are pinned, and their lock says nothing of the machine that made it."""

import json
from pathlib import Path

import pytest

from tests.support.node import CLIENTS, LOCK, header, missing


def test_every_package_is_pinned_by_hash_and_by_no_address() -> None:
    asked = json.loads((CLIENTS / "package.json").read_text())["dependencies"]
    packages = json.loads(LOCK.read_text())["packages"]
    assert packages.pop("")["dependencies"] == asked
    assert all(version.removeprefix("npm:ai@").replace(".", "").isdigit() for version in asked.values())
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
    assert "://" not in LOCK.read_text()


def test_where_node_is_not_there_the_header_says_what_was_not_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing() == "node and npm not found"
    assert "NOT TESTED, node and npm not found" in header()
    for name, words in (("npm", "exit 0"), ("node", "echo v18.20.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{words}\n")
        (tmp_path / name).chmod(0o755)
    assert missing() == "node is older than 20"
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    assert (missing(), header()) == (None, "npm clients: node v22.1.0")
