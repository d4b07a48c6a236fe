"""How a database is named, and what an operator is told of it."""

from pathlib import Path

import pytest

from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:secret@host:5433/name",
        "postgresql://me:secret@host/name",
        "postgresql+psycopg://me:secret@host/name",
        "postgresql+asyncpg://me:secret@host/name?sslmode=require",
        "postgresql://me:secret@/name?host=host",
    ],
)
async def test_every_spelling_of_postgres_is_taken_and_its_password_not_told(url: str) -> None:
    database = SqlDatabase.connect(url)
    assert database.describe() == "Postgres at host/name"
    await database.dispose()


async def test_a_postgres_that_has_answered_tells_its_version(fresh_postgres: str) -> None:
    database = SqlDatabase.connect(fresh_postgres)
    await database.ping()
    name, version, *_ = database.describe().split()
    assert name == "Postgres"
    assert float(version) >= 15
    await database.dispose()


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
async def test_a_sqlite_file_is_made_with_the_folders_around_it(scheme: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "parley.db"
    database = SqlDatabase.connect(f"{scheme}:///{path}")
    assert not path.parent.exists()
    await migrate(database)
    assert path.exists()
    assert database.describe() == f"SQLite {path}"
    await database.dispose()


async def test_a_relative_path_is_relative_to_where_we_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = SqlDatabase.connect("sqlite:///./parley.db")
    await migrate(database)
    assert (tmp_path / "parley.db").exists()
    assert database.describe() == "SQLite ./parley.db"
    await database.dispose()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "parley.db", "", "http://x"])
def test_a_url_of_another_kind_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="must be sqlite:///"):
        SqlDatabase.connect(url)
