"""./run and ./test on copies of the scripts, with a `uv` that writes down what it is asked and installs nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

UV = """#!/bin/sh
echo "$*" >> "$LOG"
[ -z "${BREAK:-}" ] || kill -9 "$PPID" # the process that installs dies here, and its folder stays as it is
case "$1" in
  venv) mkdir -p .venv/bin; cp "$PYTHON" .venv/bin/python ;;
  pip) sleep 0.3 ;; # long enough to be met by another
esac
"""
PYTHON = """#!/bin/sh
case "$*" in *sys.version_info*) exit 0 ;; esac
printf '%s\\n' "$PWD" "$@"
exit 7
"""


class Checkout:
    """A folder that holds the commands and two small locks, in a path with a space."""

    def __init__(self, folder: Path) -> None:
        self.path, self.log = folder / "a checkout", folder / "log"
        self.path.mkdir()
        for name in ("run", "test", "scripts"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, self.path / name)
        self.lock = self.path / "requirements.lock"
        self.lock.write_text("one")
        (self.path / "requirements-dev.lock").write_text("one and more")
        tools = folder / "tools"
        tools.mkdir()
        for name, text in (("uv", UV), ("python", PYTHON)):
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{tools}:{Path(os.path.realpath(sys.executable)).parent}:/usr/bin:/bin",
            "LOG": str(self.log),
            "PYTHON": str(tools / "python"),
        }

    def start(self, command: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.path / command, *arguments],
            cwd="/",
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, command: str, *arguments: str, **environment: str) -> list[str]:
        """The folder and the arguments that the server or pytest was started with."""
        process = self.start(command, *arguments, **environment)
        said, _ = process.communicate(timeout=30)
        return said.splitlines()

    def installs(self) -> list[str]:
        """The lock of each installation so far."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split()[-1] for line in lines if line.startswith("pip install")]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("given", [[], ["--port", "80 00"], ["doctor"], ["migrate", "*"]], ids=str)
def test_run_hands_its_arguments_to_the_server(checkout: Checkout, given: list[str]) -> None:
    assert checkout.call("run", *given) == [str(checkout.path), "-m", "entrypoints", *given]


def test_a_page_that_cannot_be_built_keeps_no_server_from_starting(checkout: Checkout, tmp_path: Path) -> None:
    web = checkout.path / "entrypoints" / "web"
    for folder in ("build", "src"):
        (web / folder).mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "index.html", "vite.config.ts"):
        (web / name).write_text("{}")
    tools = tmp_path / "tools"
    for name, text in (("node", "exit 0"), ("npm", 'echo "npm $1" >> "$LOG"; exit 1')):
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    process = checkout.start("run")
    said, complaints = process.communicate(timeout=30)
    assert said.splitlines() == [str(checkout.path), "-m", "entrypoints"]
    assert "The chat page was not built" in complaints
    assert not (web / "dist").exists()
    log = checkout.log.read_text()
    checkout.call("run", "doctor")
    assert checkout.log.read_text() == log, "only who serves builds"


def test_the_exit_code_is_that_of_the_server(checkout: Checkout) -> None:
    process = checkout.start("run")
    process.communicate(timeout=30)
    assert process.returncode == 7


def test_test_hands_its_arguments_to_pytest(checkout: Checkout) -> None:
    assert checkout.call("test", "-k", "a b") == [str(checkout.path), "-m", "pytest", "-k", "a b"]


def test_what_is_installed_is_not_installed_again(checkout: Checkout) -> None:
    for command in ("run", "run", "test", "test", "run"):
        checkout.call(command)
    assert checkout.installs() == ["requirements.lock", "requirements-dev.lock"]


def test_a_changed_lock_is_installed(checkout: Checkout) -> None:
    checkout.call("test")
    checkout.lock.write_text("two")
    for command in ("run", "run", "test"):
        checkout.call(command)
    assert checkout.installs() == ["requirements-dev.lock", "requirements.lock", "requirements-dev.lock"]


def test_two_that_start_together_install_once(checkout: Checkout) -> None:
    both = [checkout.start("run"), checkout.start("run")]
    assert all("entrypoints" in process.communicate(timeout=30)[0] for process in both)
    assert checkout.installs() == ["requirements.lock"]


def test_an_install_that_was_killed_is_begun_again_from_nothing(checkout: Checkout) -> None:
    checkout.call("run", BREAK="yes")
    left_over = checkout.path / ".venv" / "half a package"
    left_over.touch()
    assert "entrypoints" in checkout.call("run")
    assert not left_over.exists()


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Checkout) -> None:
    checkout.call("run")
    python = checkout.path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.11")
    assert "entrypoints" in checkout.call("run")


def test_an_environment_of_somebody_else_is_kept(checkout: Checkout) -> None:
    theirs = checkout.path / ".venv" / "their package"
    (checkout.path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy2(checkout.environment["PYTHON"], checkout.path / ".venv" / "bin" / "python")
    theirs.touch()
    checkout.call("run")
    assert theirs.exists()


def test_without_a_python_that_is_new_enough_a_sentence_says_so(checkout: Checkout, tmp_path: Path) -> None:
    tools = tmp_path / "few tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or "")
    process = checkout.start("run", PATH=str(tools))
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Python 3.11 or newer" in said
