"""The locks of the clients hold what is asked for, by hash; the page of clients names their versions."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.test_locks import blocks
from tests.clients.python.environments import ALWAYS, LOCKS, ON_DEMAND, ROOT

ASKED = [
    (asked.with_suffix(".lock"), Requirement(line))
    for asked in sorted(LOCKS.glob("*.in"))
    for line in asked.read_text().splitlines()
    if not line.startswith("#")
]


def test_every_group_has_its_lock() -> None:
    assert {path.stem for path in LOCKS.iterdir()} == {*ALWAYS, *ON_DEMAND}


@pytest.mark.parametrize(("lock", "asked"), ASKED, ids=lambda value: getattr(value, "stem", str(value)))
def test_what_is_asked_for_is_locked_and_listed(lock: Path, asked: Requirement) -> None:
    versions = [pin.split("==")[1] for pin in blocks(lock) if pin.split("==")[0] == asked.name]
    assert versions, f"{asked.name} is not locked: run scripts/lock"
    assert all(asked.specifier.contains(version) for version in versions)
    page = (ROOT / "docs" / "openai.md").read_text()
    assert asked.name == "mcp" or f"`{asked.name}` {versions[0]}" in page
