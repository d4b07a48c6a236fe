"""What a run with tools asks of people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from application.runs.run_writer import RunWriter
from domain.approval import ApprovalReason
from domain.conversation import ToolCall
from domain.journal import Journal
from domain.run import Run
from domain.step import WaitsFor
from domain.tool import Tool

Question = tuple[ToolCall, ApprovalReason]


class Persons(Protocol):
    """Every method raises RunLost when another worker has the run."""

    async def ask(
        self, run: Run, questions: Sequence[Question], tools: Mapping[str, Tool], journal: Journal, writer: RunWriter
    ) -> None:
        """Put the questions, and tell the log that they were put."""

    async def heard(self, run: Run, journal: Journal, writer: RunWriter) -> Journal:
        """The journal with the answers to what was asked, if there are any; the log has them too."""

    async def suspend(self, run: Run, waits_for: WaitsFor, journal: Journal, writer: RunWriter) -> bool:
        """Let the run wait without a worker, if it has anything to wait for; say whether it does."""

    async def is_awaited(self, run: Run) -> bool:
        """Whether another run is queued behind this one."""

    async def trusted(self, run: Run, tools: Iterable[Tool]) -> frozenset[str]:
        """Those definitions of tools that the owner has approved before."""
