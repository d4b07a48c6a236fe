"""What a run with tools asks of people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from application.runs.run_writer import RunWriter
from domain.approval import ApprovalId, ApprovalReason
from domain.conversation import ToolCall
from domain.run import Run
from domain.step import ApprovalRequested, WaitsFor
from domain.tool import Tool

Question = tuple[ToolCall, ApprovalReason]


class Persons(Protocol):
    """Every method raises RunLost when another worker has the run."""

    async def ask(
        self,
        run: Run,
        questions: Sequence[Question],
        tools: Mapping[str, Tool],
        writer: RunWriter,
        *,
        told: Collection[ApprovalId],
    ) -> None:
        """Put the questions, and tell the log; of those `told` it knows already."""

    async def heard(self, run: Run, undecided: Sequence[ApprovalRequested], writer: RunWriter) -> bool:
        """Whether any of these was answered; then the log says so too."""

    async def suspend(self, run: Run, waits_for: WaitsFor, writer: RunWriter) -> bool:
        """Let the run wait without a worker, if it has anything to wait for; say whether it does."""

    async def is_awaited(self, run: Run) -> bool:
        """Whether another run is queued behind this one."""

    async def trusted(self, run: Run, tools: Iterable[Tool]) -> frozenset[str]:
        """Those definitions of tools that the owner has approved before."""
