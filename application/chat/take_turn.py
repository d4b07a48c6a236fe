"""A stored turn of any messages: what a user says, what tools returned, or a whole exchange to go on from."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from domain.access import Principal
from domain.conversation import Conversation, ConversationId, MessageId, PromptMessage, ToolResult, checked_messages
from domain.errors import InvalidInput, naming
from domain.idempotency import IdempotencyKey
from domain.metadata import checked_metadata
from domain.prompt import stray_results
from domain.run import DEFAULTS, IfBusy, Run, RunId, RunSettings
from domain.title import UNTITLED, question_in, title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTurn:
    """`input` goes below the answer of `previous_run_id`, or below the head of `conversation_id`.

    With neither it begins a conversation. Below an answer that is not the head it begins a branch.
    """

    input: tuple[PromptMessage, ...]
    conversation_id: ConversationId | None = None
    previous_run_id: RunId | None = None
    model: str | None = None
    settings: RunSettings = DEFAULTS
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTurn:
    turns: TurnOpener
    now: Now

    async def __call__(self, principal: Principal, turn: NextTurn) -> Run:
        """Store the input and start its run; the answer is in the run's events, whether or not anyone reads them.

        Raise InvalidInput (`input`, `metadata`), also for the result of a call that nobody made, RunNotFound,
        ConversationNotFound, and what TurnOpener.open raises, having stored nothing.
        """
        checked_messages(turn.input, field="input")
        checked_metadata(turn.settings.metadata)
        wish = TurnWish(
            find_place=partial(self._find_place, principal, turn),
            model=turn.model,
            settings=turn.settings,
            if_busy=turn.if_busy,
            key=turn.key,
        )
        return await self.turns.open(principal, wish)

    async def _find_place(self, principal: Principal, turn: NextTurn, tx: Transaction) -> Place:
        with naming("conversation_id" if turn.previous_run_id is None else "previous_run_id"):
            conversation, parent_id = await self._parent(principal, turn, tx)
        if any(isinstance(part, ToolResult) for message in turn.input for part in message.parts):
            limit = self.turns.context.budget.messages
            branch = await tx.messages.branch(conversation, tip=parent_id, limit=limit) if parent_id else []
            if stray := stray_results([*branch, *turn.input], asked=len(turn.input)):
                raise InvalidInput("input", f"has a result of the call {stray[0][:100]!r}, which waits for none")
        return Place(conversation, parent_id, turn.input)

    async def _parent(
        self, principal: Principal, turn: NextTurn, tx: Transaction
    ) -> tuple[Conversation, MessageId | None]:
        owner = principal.owner
        if turn.previous_run_id is not None:
            previous = await tx.runs.get(turn.previous_run_id, owner=owner)
            return await tx.conversations.get(previous.conversation_id, owner=owner), previous.answer_id
        if turn.conversation_id is not None:
            conversation = await tx.conversations.get(turn.conversation_id, owner=owner)
            return conversation, conversation.head_id
        title = title_from(question_in(turn.input)) or UNTITLED
        return await tx.conversations.add(NewConversation(owner, None, title, created_at=self.now())), None
