"""In the place of people where nothing is stored."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from application.agents.persons import Persons, Question
from application.runs.run_writer import RunWriter
from domain.approval import ApprovalId
from domain.run import Run
from domain.step import ApprovalRequested, WaitsFor
from domain.tool import Tool


@dataclass(frozen=True, slots=True)
class NobodyToAsk(Persons):
    """Tools that need a person are not offered, so no question ever comes up."""

    async def ask(
        self,
        run: Run,
        questions: Sequence[Question],
        tools: Mapping[str, Tool],
        writer: RunWriter,
        *,
        told: Collection[ApprovalId],
    ) -> None:
        raise AssertionError("a tool that needs a person was offered where there is none")

    async def heard(self, run: Run, undecided: Sequence[ApprovalRequested], writer: RunWriter) -> bool:
        return False

    async def suspend(self, run: Run, waits_for: WaitsFor, writer: RunWriter) -> bool:
        return False

    async def is_awaited(self, run: Run) -> bool:
        return False

    async def trusted(self, run: Run, tools: Iterable[Tool]) -> frozenset[str]:
        return frozenset()
