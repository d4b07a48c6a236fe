"""The dependency rule: import-linter's contracts hold here, and each is shown to bite on a small broken copy."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

SOUND = {
    "domain/__init__.py": "",
    "application/__init__.py": "import domain, anyio",
    "adapters/__init__.py": "",
    "adapters/http/__init__.py": "",
    "adapters/http/server.py": "import httpx2",
    "adapters/one/__init__.py": "import application, sqlalchemy, adapters.http.server",
    "adapters/two/__init__.py": "import domain",
    "entrypoints/__init__.py": "import application, fastapi",
    "entrypoints/provider_set.py": "import adapters.two",
    "entrypoints/tool_set.py": "import adapters.two",
    "entrypoints/sign_in_set.py": "import adapters.two",
    "entrypoints/limit_services.py": "import adapters.two",
    "entrypoints/knowledge_services.py": "import adapters.two",
    "entrypoints/ingestion_services.py": "import adapters.two",
    "entrypoints/usage_services.py": "import adapters.two",
    "entrypoints/container.py": "import dependency_injector\nimport adapters.one",
}
BREACHES = {
    "inwards only": ("domain/bad.py", "import application"),
    "the core knows no framework": ("application/bad.py", "import fastapi"),
    "adapters are strangers": ("adapters/one/bad.py", "import adapters.two"),
    "one composition root": ("entrypoints/bad.py", "import adapters.one"),
    "only the composition root knows the container library": ("adapters/two/bad.py", "import dependency_injector"),
}


def broken_contracts(folder: Path) -> tuple[set[str], str]:
    """The names of the contracts that do not hold in `folder`, and what the linter said."""
    done = subprocess.run(LINT, cwd=folder, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    broken = set(re.findall(r"^(.+) BROKEN", said, flags=re.MULTILINE))
    assert done.returncode == (1 if broken else 0), said
    return broken, said


@pytest.fixture
def sound_copy(tmp_path: Path) -> Path:
    for name, text in SOUND.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def test_the_contracts_hold() -> None:
    broken, said = broken_contracts(ROOT)
    assert broken == set(), said


def test_a_sound_copy_breaks_nothing(sound_copy: Path) -> None:
    broken, said = broken_contracts(sound_copy)
    assert broken == set(), said


@pytest.mark.parametrize("contract", [contract["name"] for contract in CONTRACTS])
def test_a_contract_bites(contract: str, sound_copy: Path) -> None:
    file, breach = BREACHES[contract]
    (sound_copy / file).write_text(breach + "\n")
    broken, said = broken_contracts(sound_copy)
    assert broken == {contract}, said
