"""The commands, as an operator types them."""

import asyncio
import signal
from pathlib import Path

import httpx2
import pytest

from entrypoints.__main__ import main
from tests.support.process import finished, served


@pytest.fixture(params=["sqlite", "postgres"])
def database_env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/parley.db"}
    url: str = request.getfixturevalue("fresh_postgres")
    return {"DATABASE_URL": url}


async def test_a_server_says_what_is_in_force_ends_its_turn_when_stopped_and_knows_it_after_a_restart(
    database_env: dict[str, str],
) -> None:
    environment = {**database_env, "PARLEY_DEMO_WORDS_PER_SECOND": "40", "PARLEY_DRAIN_SECONDS": "60"}
    async with served(**environment) as first, httpx2.AsyncClient(base_url=first.url, timeout=90) as http:
        kind = "SQLite" if "sqlite" in database_env["DATABASE_URL"] else "Postgres"
        for words in ("/docs", "demo:parrot", "local", kind):
            assert words in first.printed
        answer = (await http.post("/chat", json={"message": "Remember me"})).json()
        body = {"message": "Finish this", "conversation_id": answer["conversation_id"]}
        async with http.stream("POST", "/chat/stream", json=body) as response:
            lines = response.aiter_lines()
            await anext(lines)
            first.signal(signal.SIGTERM)
            assert '"done"' in [line async for line in lines][-1]
        assert await first.ended() == 0

    async with served(**environment) as second, httpx2.AsyncClient(base_url=second.url) as http:
        stored = (await http.get(f"/conversations/{answer['conversation_id']}/messages")).json()["messages"]
        assert [m["content"] for m in stored[:3]] == ["Remember me", answer["reply"], "Finish this"]
        assert stored[3]["content"]
        again = await http.get(f"/runs/{answer['run_id']}/events")
        assert "run_finished" in again.text


async def test_three_servers_at_once_on_an_empty_postgres_all_come_up(fresh_postgres: str) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(_answers(fresh_postgres))


async def _answers(url: str) -> None:
    async with (
        served(DATABASE_URL=url, PARLEY_DEMO_WORDS_PER_SECOND="0") as server,
        httpx2.AsyncClient(base_url=server.url, timeout=90) as http,
    ):
        assert (await http.post("/chat", json={"message": "Hi"})).status_code == 200


async def test_a_second_server_on_one_sqlite_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/parley.db"}
    async with served(**environment):
        code, printed = await finished("serve", "--port", "0", **environment)

    assert code == 3
    assert "already" in printed
    assert "Traceback" not in printed


async def test_migrate_ends_well_and_doctor_says_what_is_in_force_and_names_misspelt_variables(tmp_path: Path) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/parley.db"}
    code, printed = await finished("migrate", **database)
    assert (code, "is up to date" in printed) == (0, True)

    code, printed = await finished("doctor", PARLEY_PROT="1", OPENAI_API_KEY="sk-secret-of-mine", **database)

    assert code == 1
    for words in ("127.0.0.1:8000", "local", "openai:gpt-4o-mini", "did you mean PARLEY_PORT", "first byte 60 s"):
        assert words in printed
    assert "sk-secret-of-mine" not in printed


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PARLEY_HOST", "0.0.0.0", "PARLEY_AUTH=required"),
        ("PARLEY_HISTORY_MESSAGES", "0", "greater than or equal to 1"),
        ("PARLEY_MODEL", "gpt", "provider:model"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_a_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["serve", "--port", "0"]) in (2, 3)
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "environment",
    [
        {"PARLEY_HOST": "0.0.0.0"},
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"},
        {"DATABASE_URL": "sqlite:////proc/nowhere/parley.db"},
    ],
    ids=str,
)
async def test_what_cannot_work_is_refused_at_once_with_a_sentence(environment: dict[str, str]) -> None:
    code, printed = await finished("serve", "--port", "0", **environment)

    assert code == (2 if "PARLEY_HOST" in environment else 3)
    assert ("PARLEY_AUTH=required" if "PARLEY_HOST" in environment else "database") in printed
    assert "Traceback" not in printed
