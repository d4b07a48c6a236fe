"""The lock files hold what pyproject.toml asks for, by hash, and nothing about the machine that made them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

RUNTIME, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = [(RUNTIME, asked) for asked in PROJECT["dependencies"]] + [
    (DEV, asked) for asked in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])
]
BLOCK = re.compile(r"([a-z0-9-]+)==([\w.+!-]+)( ; [\w .<>=!'()-]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")


def blocks(lock: Path) -> dict[str, str]:
    """What the lock says of each package. Nothing but such blocks may stand in it."""
    text = lock.read_text()
    found = list(BLOCK.finditer(text))
    assert "".join(block[0] for block in found) == text
    return {f"{block[1]}=={block[2]}": block[0] for block in found}


@pytest.mark.parametrize(("lock", "asked"), ASKED, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_every_direct_dependency_is_locked_to_a_version_that_fits(lock: Path, asked: str) -> None:
    requirement = Requirement(asked)
    pins = [pin.split("==") for pin in blocks(lock)]
    versions = [version for name, version in pins if name == canonicalize_name(requirement.name)]
    assert versions, f"{requirement.name} is not locked: run scripts/lock"
    assert all(requirement.specifier.contains(version) for version in versions), versions


def test_the_development_lock_holds_the_runtime_lock_whole() -> None:
    assert blocks(RUNTIME).items() <= blocks(DEV).items()


@pytest.mark.parametrize(
    "line", ["--index-url https://host/simple\n", "# via /home/me/pyproject.toml\n", "a @ file:///x\n"]
)
def test_an_address_or_a_path_in_a_lock_is_noticed(line: str, tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text(line + RUNTIME.read_text())
    with pytest.raises(AssertionError):
        blocks(lock)
