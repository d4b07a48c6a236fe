"""Decide whether a call of a tool may be carried out; the run that waits for it goes on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from application.ports.clock import Now
from application.ports.schema import SchemaMismatch
from application.ports.signals import WORK, Signals
from application.ports.storage import BeginRead, BeginTransaction
from application.ports.tools import ToolProvider
from domain.access import Principal
from domain.approval import COMMENT_CHARACTERS, Approval, ApprovalId, Decision
from domain.conversation import checked_text
from domain.errors import InvalidInput
from domain.run import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideApproval:
    begin: BeginTransaction
    read: BeginRead
    toolbox: ToolProvider
    schema_mismatch: SchemaMismatch
    signals: Signals
    now: Now

    async def __call__(
        self,
        principal: Principal,
        id: ApprovalId,
        *,
        approved: bool,
        arguments: Mapping[str, Any] | None = None,
        comment: str | None = None,
        arguments_hash: str | None = None,
    ) -> Approval:
        """The approval with the decision. `arguments` replace those that the model wrote, and must fit the tool.

        With `arguments_hash` the decision is only for those arguments. Raise ApprovalNotFound, ApprovalClosed (exactly
        one decision wins), InvalidInput naming `arguments`, `arguments_hash` or `reason`.
        """
        async with self.read() as tx:
            approval = await tx.approvals.get(id, owner=principal.owner)
        if arguments_hash is not None and arguments_hash != approval.arguments_hash:
            raise InvalidInput("arguments_hash", f"this approval is about {approval.arguments_hash}")
        if arguments is not None:
            await self._check(approval, arguments, approved=approved)
        decision = Decision(
            approved=approved,
            by=principal.owner,
            at=self.now(),
            arguments=None if arguments is None else json.dumps(arguments, ensure_ascii=False),
            comment=checked_text(comment, field="reason", longest=COMMENT_CHARACTERS) if comment else None,
        )
        async with self.begin() as tx:
            decided = await tx.approvals.decide(id, decision, owner=principal.owner)
            await tx.runs.wake(RunId(decided.request.run_id))
            await tx.commit()
        self.signals.send(WORK)
        return decided

    async def _check(self, approval: Approval, arguments: Mapping[str, Any], *, approved: bool) -> None:
        if not approved:
            raise InvalidInput("arguments", "go with an approval, not with a rejection")
        for tool in await self.toolbox.tools():
            if tool.name == approval.request.tool and (
                mismatch := self.schema_mismatch(dict(arguments), tool.spec.parameters or {})
            ):
                raise InvalidInput("arguments", f"do not fit {tool.name}: {mismatch}")
