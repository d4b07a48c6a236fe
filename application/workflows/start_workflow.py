"""Start a workflow: from then on it is a run like any other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from application.ports.workflows import WorkflowCatalogue
from application.workflows.workflow_run import settings_for
from domain.access import Principal
from domain.conversation import ConversationKind, PromptMessage, Role, Text
from domain.idempotency import IdempotencyKey
from domain.run import Run, RunKind
from domain.title import title_from
from domain.workflows.inputs import checked_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWorkflow:
    catalogue: WorkflowCatalogue
    turns: TurnOpener
    now: Now

    async def __call__(
        self,
        principal: Principal,
        name: str,
        inputs: Mapping[str, Any],
        *,
        model: str | None = None,
        key: IdempotencyKey | None = None,
    ) -> Run:
        """Its events name each step as it begins and ends; its answer is the outputs, as JSON.

        Raise WorkflowNotFound, WorkflowInvalid, InvalidInput naming the input, and what TurnOpener.open raises.
        """
        workflow = self.catalogue.get(name)
        checked = checked_inputs(workflow.inputs, inputs)
        asked = PromptMessage(Role.USER, (Text(json.dumps(checked, ensure_ascii=False)),))
        new = NewConversation(
            owner=principal.owner,
            user_label=None,
            title=title_from(workflow.title or workflow.name),
            created_at=self.now(),
            kind=ConversationKind.WORKFLOW,
        )
        wish = TurnWish(
            find_place=partial(self._place, new, asked),
            model=model,
            settings=settings_for(workflow, checked),
            key=key,
            kind=RunKind.WORKFLOW,
        )
        return await self.turns.open(principal, wish)

    async def _place(self, new: NewConversation, asked: PromptMessage, tx: Transaction) -> Place:
        return Place(await tx.conversations.add(new), None, (asked,))
