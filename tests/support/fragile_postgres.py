"""A Postgres of one test's own, which may be stopped, frozen, cut off and filled up."""

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.support.embedded_postgres import EmbeddedPostgres, installation
from tests.support.postgres import MISSING, create_database

TERMINATE_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {which}"
CLIENTS = "backend_type = 'client backend'"
BALLAST = "COPY (SELECT repeat('x', 100000) FROM generate_series(1, 10000)) TO '{file}'"
SEGMENT_BYTES = 16 * 1024 * 1024  # a smaller limit would stop the write-ahead log, and the server with it
NOTHING = "COPY (SELECT 1 WHERE false) TO '{file}'"
# Its own mount namespace, so that nobody else ever sees the small disk, and it is gone with the server.
ON_A_SMALL_DISK = """
mount -t tmpfs -o "size=$1m,mode=0700,uid=$3,gid=$4" none "$2" || exit 1
shift 2
uid=$1 gid=$2
shift 2
[ "$(id -u)" = 0 ] || exec "$@"
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
"""


class FragilePostgres(EmbeddedPostgres):
    """`async with FragilePostgres() as postgres:`; `postgres.database` is the URL of an empty database on it."""

    def __init__(self, *, password: str = "") -> None:
        place = installation()
        if place is None:
            raise RuntimeError(MISSING)
        super().__init__(place)
        if password:  # the server trusts everybody: it is there to be looked for where it does not belong
            self.url = self.url.replace("postgres@", f"postgres:{password}@")
        self.database = ""
        self._frozen: list[int] = []
        self._has_small_disk = False

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.__enter__)
        try:
            self.database = await create_database(self.url)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wake()
        await asyncio.to_thread(self.__exit__, None, None, None)

    async def die(self) -> None:
        """Stop at once, as after a power failure: nothing is finished, and the next start recovers."""
        await self._control("-m", "immediate", "stop")

    async def revive(self) -> None:
        await self._control("-l", str(self.folder / "log"), "start")

    async def freeze(self) -> None:
        """Stop every process of the server in its tracks; connections are accepted, and nothing answers."""
        connection = await asyncpg.connect(self.url)
        os.kill(self._postmaster, signal.SIGSTOP)  # first, so that it makes no more of them
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity")
        self._frozen = [self._postmaster, *(row[0] for row in rows)]
        for process in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        connection.terminate()

    async def wake(self) -> None:
        for process in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
        self._frozen = []

    async def terminate_clients(self) -> int:
        """Cut every connection but this one, and say how many there were."""
        return len(await self._execute(TERMINATE_OTHERS.format(which=CLIENTS)))

    async def clients(self) -> int:
        """How many connections to the database there are."""
        which = f"{CLIENTS} AND datname = '{urlsplit(self.database).path[1:]}'"
        [row] = await self._execute(f"SELECT count(*) FROM pg_stat_activity WHERE {which}")
        return int(row[0])

    async def use_small_disk(self, megabytes: int) -> str:
        """Start anew with an empty database on a disk of this size, and say what the disk is.

        It is in memory and seen by nobody but the server. Where the machine does not allow that, the size of a file
        is limited instead, which Postgres calls an internal error.
        """
        disk = self.folder / "disk"
        disk.mkdir()
        owner = (self.folder / "data").stat()
        small = ["unshare", "--mount", "--propagation", "private"]
        if os.geteuid() != 0:
            small += ["--user", "--map-current-user", "--keep-caps"]
        small += ["sh", "-c", ON_A_SMALL_DISK, "small", str(megabytes), str(disk), str(owner.st_uid), str(owner.st_gid)]
        await self.die()
        try:
            await self._run(*small, *self._pg_ctl("-l", str(self.folder / "log"), "start"))
        except (OSError, subprocess.CalledProcessError):
            await self.revive()
            return f"files of at most {SEGMENT_BYTES:,} bytes"
        self._has_small_disk = True
        await self._execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        await self._execute("CREATE DATABASE on_a_small_disk TEMPLATE template0 TABLESPACE small")
        self.database = urlunsplit(urlsplit(self.url)._replace(path="/on_a_small_disk"))
        return f"a tmpfs of {megabytes} MB"

    async def fill_disk(self) -> None:
        """From now on nothing that grows can be written; on a limit of files, once it has grown to the limit."""
        if self._has_small_disk:
            with suppress(asyncpg.DiskFullError):
                await self._execute(BALLAST.format(file=self.folder / "disk" / "ballast"))
        else:
            await self._limit_files(str(SEGMENT_BYTES))

    async def empty_disk(self) -> None:
        if self._has_small_disk:
            await self._execute(NOTHING.format(file=self.folder / "disk" / "ballast"))
        else:
            await self._limit_files("unlimited")

    async def _limit_files(self, most: str) -> None:
        rows = await self._execute("SELECT pid FROM pg_stat_activity")
        for process in (self._postmaster, *(row[0] for row in rows)):
            with suppress(subprocess.CalledProcessError):  # it has ended meanwhile
                await self._run("prlimit", f"--pid={process}", f"--fsize={most}:", **self._account())

    @property
    def _postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    async def _execute(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    def _pg_ctl(self, *arguments: str) -> list[str]:
        return [str(self.installation / "bin" / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-s", *arguments]

    def _account(self) -> dict[str, Any]:
        """Whom the server runs as, as arguments of Popen."""
        if os.geteuid() != 0:
            return {}
        owner = (self.folder / "data").stat()
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}

    async def _control(self, *arguments: str) -> None:
        await self._run(*self._pg_ctl(*arguments), **self._account())

    async def _run(self, *command: str, **account: Any) -> None:
        def run() -> None:
            with (self.folder / "log").open("a") as log:
                subprocess.run(
                    command,
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                    start_new_session=True,
                    timeout=60,
                    **account,
                )

        await asyncio.to_thread(run)
