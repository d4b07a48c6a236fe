"""What a run and people say to one another by way of the store: questions, answers, pauses."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.agents.persons import Persons, Question
from application.ports.clock import Now
from application.ports.signals import NOTICES, Signals
from application.ports.storage import BeginRead, BeginTransaction
from application.runs.patience import patiently
from application.runs.run_writer import RunWriter
from domain.approval import Approval, ApprovalId, ApprovalReason, ApprovalRequest, ApprovalStatus
from domain.conversation import ToolCall
from domain.run import Run
from domain.step import ApprovalDecided, ApprovalRequested, RunWaiting, WaitsFor
from domain.tool import Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPersons(Persons):
    """They are asked by way of the store, for which every method waits when it does not answer."""

    begin: BeginTransaction
    read: BeginRead
    signals: Signals
    now: Now
    approval_seconds: float

    async def ask(
        self,
        run: Run,
        questions: Sequence[Question],
        tools: Mapping[str, Tool],
        writer: RunWriter,
        *,
        told: Collection[ApprovalId],
    ) -> None:
        """Store the questions, then tell of them; those that a dead worker stored and did not tell of are told now."""
        requests = [self._request(run, call, reason, tools[call.name]) for call, reason in questions]

        async def stored() -> list[Approval]:
            async with self.begin() as tx:
                untold = {a.request.call_id: a for a in await tx.approvals.of_run(run.id) if a.id not in told}
                fresh = await tx.approvals.request([r for r in requests if r.call_id not in untold])
                await tx.commit()
            return [*(untold[r.call_id] for r in requests if r.call_id in untold), *fresh]

        approvals = await patiently(stored)
        self.signals.send(NOTICES)
        writer.append([ApprovalRequested(a.request.call_id, a.id, a.request.reason) for a in approvals])

    async def heard(self, run: Run, undecided: Sequence[ApprovalRequested], writer: RunWriter) -> bool:
        if not undecided:
            return False
        asked = {request.approval_id for request in undecided}
        approvals = await patiently(lambda: self._approvals(run))
        decided = [a for a in approvals if a.id in asked and a.status is not ApprovalStatus.PENDING]
        writer.append([_as_decided(approval) for approval in decided])
        return bool(decided)

    async def suspend(self, run: Run, waits_for: WaitsFor, writer: RunWriter) -> bool:
        if waits_for is WaitsFor.RESUME and not (await patiently(lambda: self._now(run))).paused:
            return False
        if writer.said[-1:] != [RunWaiting(waits_for)]:
            writer.append([RunWaiting(waits_for)])
        await writer.flush()

        async def suspended() -> bool:
            async with self.begin() as tx:
                waits = await tx.runs.suspend(run)
                await tx.commit()
            return waits

        return await patiently(suspended)

    async def is_awaited(self, run: Run) -> bool:
        async def look() -> bool:
            async with self.read() as tx:
                return await tx.runs.is_awaited(run)

        return await patiently(look)

    async def trusted(self, run: Run, tools: Iterable[Tool]) -> frozenset[str]:
        async def look() -> set[str]:
            async with self.read() as tx:
                return await tx.approvals.trusted(run.owner, fingerprints=[tool.fingerprint for tool in tools])

        return frozenset(await patiently(look))

    async def _approvals(self, run: Run) -> list[Approval]:
        async with self.read() as tx:
            return await tx.approvals.of_run(run.id)

    async def _now(self, run: Run) -> Run:
        async with self.read() as tx:
            return await tx.runs.get(run.id, owner=run.owner)

    def _request(self, run: Run, call: ToolCall, reason: ApprovalReason, tool: Tool) -> ApprovalRequest:
        now = self.now()
        return ApprovalRequest(
            owner=run.owner,
            run_id=run.id,
            call_id=call.id,
            tool=tool.name,
            arguments=call.arguments,
            fingerprint=tool.fingerprint,
            reason=reason,
            requested_at=now,
            expires_at=now + timedelta(seconds=self.approval_seconds),
        )


def _as_decided(approval: Approval) -> ApprovalDecided:
    decision, request = approval.decision, approval.request
    return ApprovalDecided(
        call_id=request.call_id,
        approval_id=approval.id,
        approved=decision is not None and decision.approved,
        arguments=request.arguments if decision is None or decision.arguments is None else decision.arguments,
        fingerprint=request.fingerprint,
        comment=decision.comment if decision else "nobody answered in time",
    )
