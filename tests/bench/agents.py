"""What a step of an agent costs beside its model and its tool, and what runs that wait for a person hold.

    python -m tests.bench.agents --steps 200
    python -m tests.bench.agents --steps 200 --database-url postgresql://...
    python -m tests.bench.agents --waiting 1000

Model and tool answer at once, so all of the time is Parley's and its store's. Approval: from the decision to the next
event of the run.
"""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from dependency_injector import providers

from adapters.sql.database import SqlDatabase
from domain.access import LOCAL_OWNER, Principal
from domain.approval import ApprovalStatus
from domain.run import RunId, RunStatus
from domain.tool import ApprovalRule
from entrypoints.container import Container
from entrypoints.lifespan import running
from entrypoints.settings import Settings
from tests.support.agent_model import AgentModel, calls, says
from tests.support.postgres import create_database, drop_database
from tests.support.scripted_tools import ScriptedTools

ME = Principal(LOCAL_OWNER)


@asynccontextmanager
async def store(url: str | None) -> AsyncIterator[str]:
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/parley.db"
        return
    fresh = await create_database(url)
    yield fresh
    await drop_database(url, fresh)


@asynccontextmanager
async def server(url: str, model: AgentModel, tools: ScriptedTools, **settings: Any) -> AsyncIterator[Container]:
    container = Container(settings=Settings(database_url=url, **settings))
    container.model.override(providers.Object(model))
    container.toolbox.override(providers.Object(tools))
    async with running(container):
        yield container


async def finished(container: Container, run_id: int) -> None:
    run = await container.get_run()(ME, RunId(run_id))
    async for _ in container.run_reader().follow(run):
        pass


async def steps(url: str, count: int) -> None:
    tools = ScriptedTools()
    tools.add("work")
    model = AgentModel([calls(("work", "{}"))] * count + [says("Done.")])
    async with server(url, model, tools, agent_steps=1000, agent_tokens=10**9) as container:
        queries = counted(container.database())
        for warm in (True, False):
            queries.clear()
            since = time.perf_counter()
            session = await container.start_session()(ME, prompt="Go")
            run = (await container.get_session()(ME, session)).run
            assert run
            await finished(container, run.id)
            if not warm:
                seconds = time.perf_counter() - since
                print(
                    f"{count} steps: {seconds / count * 1000:.2f} ms and {len(queries) / count:.1f} statements a step"
                )


def counted(database: object) -> list[str]:
    """The statements that go through SQLAlchemy; the group commit of the log is one more each time."""
    seen: list[str] = []
    if isinstance(database, SqlDatabase):
        sa.event.listen(sa.Engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


async def waiting(url: str, count: int) -> None:
    tools = ScriptedTools()
    tools.add("pay", approval=ApprovalRule.ALWAYS)
    model = AgentModel([calls(("pay", "{}")), says("Done.")])
    async with server(url, model, tools) as container:
        before, tasks = memory(), len(asyncio.all_tasks())
        sessions = [await container.start_session()(ME, prompt=f"Pay {n}") for n in range(count)]
        for session in sessions:
            while (await container.get_session()(ME, session)).status != "waiting":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        held = f"{len(container.worker().executing)} runs, {len(asyncio.all_tasks()) - tasks} tasks"
        pool = getattr(container.database(), "checked_out", 0)
        print(f"{count} sessions wait: {held}, {pool} connections; memory +{(memory() - before) / 1024:.1f} MiB")
        page, _ = await container.list_approvals()(ME, status=ApprovalStatus.PENDING, before=None, limit=100)
        latencies = [await decided(container, approval.id, approval.request.run_id) for approval in page]
        print(
            f"decision to next event: median {statistics.median(latencies) * 1000:.1f} ms, "
            f"worst {max(latencies) * 1000:.1f} ms"
        )


async def decided(container: Container, approval_id: Any, run_id: int) -> float:
    run = await container.get_run()(ME, RunId(run_id))
    since = time.perf_counter()
    await container.decide_approval()(ME, approval_id, approved=True)
    async for _ in container.run_reader().follow(run, run.last_event):
        break
    seconds = time.perf_counter() - since
    while (await container.get_run()(ME, RunId(run_id))).status is not RunStatus.COMPLETED:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return seconds


def memory() -> float:
    """The most that this process has held, in KiB."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--waiting", type=int, default=0)
    parser.add_argument("--database-url", help="a Postgres server; SQLite without")
    asked = parser.parse_args()
    async with store(asked.database_url) as url:
        if asked.steps:
            await steps(url, asked.steps)
        if asked.waiting:
            await waiting(url, asked.waiting)


if __name__ == "__main__":
    asyncio.run(main())
