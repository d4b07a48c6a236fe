"""Install the packages of a lock file into .venv, with uv when it is on the PATH and with pip otherwise.

Standard library only. Processes that start together take turns, and an install that did not finish is begun again
from nothing. Afterwards .venv holds a copy of the lock that it satisfies; `scripts/install` compares the two.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BASE = os.path.realpath(sys.executable)  # not a link: that may lie in .venv, or name another version after an upgrade
UNFINISHED = VENV / "unfinished-install"
RUNTIME, DEV = "requirements.lock", "requirements-dev.lock"
SATISFIES = {RUNTIME: [RUNTIME], DEV: [DEV, RUNTIME]}  # the development lock holds the runtime lock whole

NO_VENV = """Python's venv module is not complete here, so .venv cannot be made.
On Debian or Ubuntu: apt install python3-venv (or put uv on the PATH, which does not need it)."""


def main(lock: str) -> None:
    uv = shutil.which("uv")
    with one_at_a_time() as held:
        if is_satisfied(lock):
            return
        for installer in [uv, None] if uv else [None]:  # pip may know a proxy or an index that uv does not
            try:
                return install(lock, installer, held)
            except subprocess.CalledProcessError:
                say(f"Installing with {'uv' if installer else 'pip'} failed; the lines above say why")
    sys.exit(f"{lock} is not installed. Run the command again to retry.")


@contextmanager
def one_at_a_time() -> Iterator[int]:
    """Hold a lock on the folder of the checkout. The children inherit it, so it outlives a killed parent."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another process that is installing into .venv")
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        os.close(folder)


def is_satisfied(lock: str) -> bool:
    copy = VENV / lock
    return PYTHON.exists() and copy.exists() and copy.read_bytes() == (ROOT / lock).read_bytes()


def install(lock: str, uv: str | None, held: int) -> None:
    wanted = {name: (ROOT / name).read_bytes() for name in SATISFIES[lock]}
    say(f"Installing {lock} into .venv with {'uv' if uv else 'pip'}, once; this takes up to a minute")
    begin(uv, held)
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", lock], held)
    else:
        pip = [str(PYTHON), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
        run([*pip, "install", "--require-hashes", "-r", lock], held)
    for name, content in wanted.items():
        (VENV / name).write_bytes(content)
    UNFINISHED.unlink()


def begin(uv: str | None, held: int) -> None:
    """Mark the install as unfinished and make the environment, unless a usable one is there."""
    if VENV.exists() and (UNFINISHED.exists() or not is_usable(uv)):
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    for name in (RUNTIME, DEV):
        (VENV / name).unlink(missing_ok=True)
    if PYTHON.exists():
        return
    if uv:
        run([uv, "venv", "--quiet", "--allow-existing", "--python", BASE, str(VENV)], held)
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        run([BASE, "-I", "-m", "venv", str(VENV)], held)
    else:
        shutil.rmtree(VENV)
        sys.exit(NO_VENV)


def is_usable(uv: str | None) -> bool:
    check = f"import sys{'' if uv else ', pip'}; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-I", "-c", check], stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    except OSError:
        return False


def run(command: list[str], held: int) -> None:
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, pass_fds=[held])  # noqa: S603


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
