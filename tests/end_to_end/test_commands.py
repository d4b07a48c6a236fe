"""The commands, as an operator types them."""

import asyncio
import signal
from pathlib import Path

import httpx2
import pytest

from tests.support.process import finished, served


@pytest.fixture(params=["sqlite", "postgres"])
def database_env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/parley.db"}
    url: str = request.getfixturevalue("fresh_postgres")
    return {"DATABASE_URL": url}


async def test_what_was_said_is_there_after_a_restart(database_env: dict[str, str]) -> None:
    environment = {**database_env, "PARLEY_DEMO_WORDS_PER_SECOND": "0"}
    async with served(**environment) as first:
        async with httpx2.AsyncClient(base_url=first.url) as http:
            answer = (await http.post("/chat", json={"message": "Remember me"})).json()
        first.signal(signal.SIGTERM)
        assert await first.ended() == 0

    async with served(**environment) as second, httpx2.AsyncClient(base_url=second.url) as http:
        stored = (await http.get(f"/conversations/{answer['conversation_id']}/messages")).json()["messages"]
        assert [m["content"] for m in stored] == ["Remember me", answer["reply"]]
        again = await http.get(f"/runs/{answer['run_id']}/events")
        assert "run_finished" in again.text


async def test_serve_says_where_it_is_and_what_is_in_force(database_env: dict[str, str]) -> None:
    async with served(**database_env) as server:
        for words in (
            "/docs",
            "demo:parrot",
            "local",
            "SQLite" if "sqlite" in database_env["DATABASE_URL"] else "Postgres",
        ):
            assert words in server.printed


async def test_a_stored_turn_ends_within_the_grace_time_of_a_stop(database_env: dict[str, str]) -> None:
    environment = {**database_env, "PARLEY_DEMO_WORDS_PER_SECOND": "40", "PARLEY_DRAIN_SECONDS": "60"}
    async with served(**environment) as server, httpx2.AsyncClient(base_url=server.url, timeout=90) as http:
        async with http.stream("POST", "/chat/stream", json={"message": "Finish this"}) as response:
            lines = response.aiter_lines()
            await anext(lines)
            server.signal(signal.SIGTERM)
            assert '"done"' in [line async for line in lines][-1]
        assert await server.ended() == 0


async def test_four_processes_at_once_on_an_empty_database_all_migrate(database_env: dict[str, str]) -> None:
    results = await asyncio.gather(*(finished("migrate", **database_env) for _ in range(4)))

    assert [code for code, _ in results] == [0, 0, 0, 0], results


async def test_four_servers_at_once_on_an_empty_postgres_all_come_up(fresh_postgres: str) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
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


async def test_doctor_says_what_is_in_force_and_names_misspelt_variables(database_env: dict[str, str]) -> None:
    code, printed = await finished("doctor", PARLEY_PROT="1", OPENAI_API_KEY="sk-secret-of-mine", **database_env)

    assert code == 1
    for words in ("127.0.0.1:8000", "local", "openai:gpt-4o-mini", "did you mean PARLEY_PORT", "first byte 60 s"):
        assert words in printed
    assert "sk-secret-of-mine" not in printed


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PARLEY_HOST": "0.0.0.0"}, "PARLEY_AUTH=required"),
        ({"PARLEY_HISTORY_MESSAGES": "0"}, "greater than or equal to 1"),
        ({"PARLEY_MODEL": "gpt"}, "provider:model"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "database does not answer"),
        ({"DATABASE_URL": "sqlite:////proc/nowhere/parley.db"}, "database"),
    ],
    ids=str,
)
async def test_what_cannot_work_is_refused_at_once_with_a_sentence(environment: dict[str, str], sentence: str) -> None:
    code, printed = await finished("serve", "--port", "0", **environment)

    assert code in (2, 3)
    assert sentence in printed
    assert "Traceback" not in printed
