"""The ports as a mortal process uses them: each call is an effect that it may not live to see."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from application.ports.run_log import LogEntry, RunLog
from application.ports.tools import ToolInvocation, ToolProvider
from application.ports.workers import Claim, Workers
from domain.run import NumberedEvent, RunId, WorkerId
from domain.tool import Tool
from tests.support.databases import Database
from tests.support.mortal_process import ASK_THE_MODEL, CALL_A_TOOL, MortalProcess


@dataclass(frozen=True)
class MortalTransaction:
    process: MortalProcess
    transaction: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transaction, name)

    async def commit(self) -> None:
        await self.process.effect("commit", self.transaction.commit)


@dataclass(frozen=True)
class MortalRunLog(RunLog):
    process: MortalProcess
    log: RunLog

    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        return await self.process.effect("write", partial(self.log.write, entries))

    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        await self.process.reach_the_store()
        return await self.log.read(run_id, after=after, limit=limit)

    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        forget = partial(self.log.forget, older_than_seconds=older_than_seconds, limit=limit)
        return await self.process.effect("forget", forget)


@dataclass(frozen=True)
class MortalWorkers(Workers):
    process: MortalProcess
    workers: Workers

    async def beat(self, worker: WorkerId) -> list[RunId]:
        return await self.process.effect("beat", partial(self.workers.beat, worker))

    async def claim(
        self,
        worker: WorkerId,
        *,
        executing: Collection[RunId],
        limit: int,
        lease_seconds: float,
        most_of_owner: int | None = None,
    ) -> Claim:
        claim = partial(
            self.workers.claim,
            worker,
            executing=tuple(executing),
            limit=limit,
            lease_seconds=lease_seconds,
            most_of_owner=most_of_owner,
        )
        return await self.process.effect("claim", claim)

    async def release(self, worker: WorkerId) -> None:
        await self.process.effect("release", partial(self.workers.release, worker))


class MortalDatabase:
    def __init__(self, process: MortalProcess, database: Database) -> None:
        self.process, self.database = process, database
        self.run_log = MortalRunLog(process, database.run_log)
        self.workers = MortalWorkers(process, database.workers)

    @property
    def checked_out(self) -> int:
        return self.database.checked_out

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        number = await self.process.about_to("begin")
        async with self.database.begin() as tx:
            self.process.happened(number)
            yield MortalTransaction(self.process, tx)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        await self.process.reach_the_store()
        async with self.database.read() as tx:
            yield tx


@dataclass(frozen=True)
class MortalModel(LanguageModel):
    process: MortalProcess
    model: LanguageModel

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        number = await self.process.about_to(ASK_THE_MODEL)
        async with aclosing(self.model.stream(request)) as batches:
            self.process.happened(number)
            async for batch in batches:
                await self.process.live()
                yield batch

    def models(self) -> tuple[str, ...]:
        return self.model.models()


@dataclass(frozen=True)
class MortalTools(ToolProvider):
    process: MortalProcess
    provider: ToolProvider

    async def tools(self) -> tuple[Tool, ...]:
        return await self.provider.tools()

    async def call(self, invocation: ToolInvocation) -> str:
        return await self.process.effect(CALL_A_TOOL, partial(self.provider.call, invocation))
