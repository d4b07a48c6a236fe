"""Environments of the Python clients that are tested: one for each lock, made beside .venv when first asked for.

A client brings versions of its own of what the project uses too, so none of them goes into .venv. Each is made once for
a lock and a Python: `.clients/<group>-<hash>`, with uv when it is on the PATH and with pip otherwise. `./test` has them
made in the background (`python -m tests.clients.python.environments`) while other tests run.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / ".clients"
LOCKS = Path(__file__).parent / "locks"
ALWAYS = ("openai_1", "openai_2", "frameworks")
ON_DEMAND = ("litellm",)
"""What takes long to install is there for `./test clients` alone."""


def environment(group: str) -> Path:
    """The folder of commands of the group's environment. Raise RuntimeError with what the installer said."""
    lock = LOCKS / f"{group}.lock"
    made_of = lock.read_bytes() + sys.version.encode()
    home = HOME / f"{group}-{hashlib.sha256(made_of).hexdigest()[:16]}"
    done = home / "complete"
    with _one_at_a_time(group):
        if not done.exists():
            for old in HOME.glob(f"{group}-*"):
                shutil.rmtree(old)
            _make(home, lock)
            done.touch()
    return home / "bin"


@contextmanager
def _one_at_a_time(group: str) -> Iterator[None]:
    """Also between processes; a process that is killed lets go."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{group}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(home: Path, lock: Path) -> None:
    python = str(home / "bin" / "python")
    _run(sys.executable, "-I", "-m", "venv", "--without-pip", str(home))
    pip = [sys.executable, "-I", "-m", "pip", "--python", python, "--quiet", "--no-input", "install", "--no-compile"]
    ways = [[*pip, "--disable-pip-version-check", "--no-deps"]]
    if uv := shutil.which("uv"):
        ways.insert(0, [uv, "pip", "install", "--quiet", "--python", python])
    for way in ways:
        try:
            return _run(*way, "--require-hashes", "-r", str(lock))
        except RuntimeError:
            if way is ways[-1]:
                raise


def _run(*command: str) -> None:
    told = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if told.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{told.stdout}{told.stderr}")


if __name__ == "__main__":
    os.nice(5)  # the tests go first
    with ThreadPoolExecutor() as pool:
        list(pool.map(environment, sys.argv[1:] or ALWAYS))
