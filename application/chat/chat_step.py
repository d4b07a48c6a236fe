"""What a client says next in a conversation that it has named itself, and where in the conversation that belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from domain.conversation import (
    ALIAS_CHARACTERS,
    Message,
    MessageId,
    PromptMessage,
    Role,
    ToolResult,
    checked_messages,
    checked_text,
)
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey
from domain.prompt import stray_results
from domain.run import DEFAULTS, IfBusy, RunId, RunSettings


class Intent(Enum):
    NEXT = auto()
    EDIT = auto()
    """Ask an earlier question differently, beside it."""
    AGAIN = auto()
    """Give a question another answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStep:
    """`question` and `results` are new; `earlier` is what the client holds to have been said before them.

    `below` is the run of the last answer before them, and `message_id` the message that is edited or answered again:
    None where the client does not know.
    """

    alias: str
    intent: Intent = Intent.NEXT
    question: PromptMessage | None = None
    results: tuple[ToolResult, ...] = ()
    earlier: tuple[PromptMessage, ...] = ()
    below: RunId | None = None
    message_id: MessageId | None = None
    model: str | None = None
    settings: RunSettings = DEFAULTS
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None

    @property
    def input(self) -> tuple[PromptMessage, ...]:
        return (*map(said_of, self.results), *((self.question,) if self.question else ()))


def checked_step(step: ChatStep) -> ChatStep:
    """The step as it is. Raise InvalidInput (`id`, `messages`)."""
    checked_text(step.alias, field="id", longest=ALIAS_CHARACTERS)
    for messages in filter(None, (step.earlier, step.input)):
        checked_messages(messages, field="messages")
    return step


def said_of(result: ToolResult) -> PromptMessage:
    return PromptMessage(Role.TOOL, (result,))


def awaited(step: ChatStep, branch: Sequence[Message]) -> tuple[PromptMessage, ...]:
    """The step's input below `branch`, with the results of calls that wait for one there. Raise InvalidInput: none."""
    results = [said_of(result) for result in step.results]
    new = [said for said in results if not stray_results([*branch, said], asked=1)]
    if not new and not step.question:
        raise InvalidInput(
            "messages", "end with an answer which waits for none of the results in it: there is nothing to ask"
        )
    return (*new, *((step.question,) if step.question else ()))


def same_question(step: ChatStep, branch: Sequence[Message]) -> Message | None:
    """The last message of `branch` that says what the step's question says."""
    asked = step.question.parts if step.question else ()
    return next((m for m in reversed(branch) if m.role is Role.USER and m.parts == asked), None)


def is_meant(named: Message, step: ChatStep) -> bool:
    """Whether the client can mean the message that it names: it keeps a question's name when it edits the question."""
    return named.role is not Role.USER or step.question is None or named.parts == step.question.parts


def question_of(message: Message) -> MessageId:
    """What the message answers, or itself if it is no answer."""
    return (message.parent_id if message.role is Role.ASSISTANT else None) or message.id
