"""What of a conversation a model is shown: the end of a branch, within a budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from domain.conversation import Image, Message, Part, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
TOKENS_PER_IMAGE = 1_000

Place = tuple[int, int]
"""Of a part: the place of its message in the branch, and its own in the message."""


@dataclass(frozen=True, slots=True)
class ContextBudget:
    """How much of a branch a model is shown: at most `messages`, and at most `tokens` by estimate."""

    messages: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Context:
    """The system prompt and the budget that every reply starts from."""

    system_prompt: str | None
    budget: ContextBudget = field(default_factory=lambda: ContextBudget(messages=40, tokens=16_000))


@dataclass(slots=True)
class Exchange:
    """A message and the results of the tools that it calls: shown together or not at all.

    `asked` says that some of it is the question.
    """

    messages: list[PromptMessage]
    asked: bool

    @property
    def is_answer(self) -> bool:
        return self.messages[0].role is Role.ASSISTANT


def prompt_for(
    context: Context, branch: Sequence[Message | PromptMessage], *, asked: int = 1, instructions: str | None = None
) -> tuple[PromptMessage, ...]:
    """The system prompt, or `instructions` in its place, then the end of `branch` (oldest first) within the budget.

    The last `asked` messages are the question, which always goes in, however long. Answers that never got a word are
    left out, and so are calls of tools without a result and results without a call; what came of a call stands right
    behind it.
    """
    question = unrolled(branch[len(branch) - asked :])
    shown = (*unrolled(branch[: len(branch) - asked]), *question)
    kept = _within(context.budget, _exchanges(shown, len(question)))
    if not all(exchange.is_answer for exchange in kept):
        while kept[0].is_answer and not kept[0].asked:
            del kept[0]  # an answer whose question did not fit says nothing
    prompt = context.system_prompt if instructions is None else instructions
    system = (PromptMessage(Role.SYSTEM, (Text(prompt),)),) if prompt else ()
    return (*system, *(message for exchange in kept for message in exchange.messages))


def stray_results(branch: Sequence[Message | PromptMessage], *, asked: int) -> list[str]:
    """Of the results in the last `asked` messages, those of calls that the branch does not have, or not any more."""
    question = unrolled(branch[len(branch) - asked :])
    shown = (*unrolled(branch[: len(branch) - asked]), *question)
    caller_of, _ = _pairs(shown)
    return [
        part.call_id
        for place, message in list(enumerate(shown))[len(shown) - len(question) :]
        for part_place, part in enumerate(message.parts)
        if isinstance(part, ToolResult) and (place, part_place) not in caller_of
    ]


def unrolled(messages: Sequence[Message | PromptMessage]) -> tuple[Message | PromptMessage, ...]:
    """An answer of several steps as models are shown it: what it said with its calls, their results, what came next."""
    out = list[Message | PromptMessage]()
    for message in messages:
        if message.role is Role.ASSISTANT and any(isinstance(part, ToolResult) for part in message.parts):
            out += as_steps(message.parts)
        else:
            out.append(message)
    return tuple(out)


def as_steps(parts: Sequence[Part]) -> tuple[PromptMessage, ...]:
    """The parts of one answer as messages in turn: the assistant's, and those of its tools."""
    messages = list[PromptMessage]()
    for part in parts:
        role = Role.TOOL if isinstance(part, ToolResult) else Role.ASSISTANT
        if messages and messages[-1].role is role is Role.ASSISTANT:
            messages[-1] = PromptMessage(role, (*messages[-1].parts, part))
        else:
            messages.append(PromptMessage(role, (part,)))
    return tuple(messages)


def given_together(branch: Sequence[Message]) -> int:
    """How many messages at the end of `branch` were given at once: of one moment, and none of them a run's answer."""
    if not branch:
        return 0
    at = branch[-1].created_at
    return 1 + sum(1 for _ in takewhile(lambda m: m.created_at == at and m.run_id is None, reversed(branch[:-1])))


def estimated_tokens(message: Message | PromptMessage) -> int:
    """An estimate: four characters a token and a little for the frame. The provider's usage is the truth."""
    return TOKENS_PER_MESSAGE + -(-sum(map(_weight, message.parts)) // CHARACTERS_PER_TOKEN)


def _weight(part: Part) -> int:
    """In characters. What an answer reasoned is shown again only where its provider wants it back."""
    match part:
        case Text():
            return len(part.text)
        case ToolCall():
            return len(part.name) + len(part.arguments)
        case ToolResult():
            return len(part.content)
        case Image():
            return TOKENS_PER_IMAGE * CHARACTERS_PER_TOKEN
        case Reasoning(text, state) if state:
            return len(text)
        case _:
            return 0


def _within(budget: ContextBudget, exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The last that fit, without a gap; and the question in any case."""
    tokens, messages, kept = budget.tokens, budget.messages, list[Exchange]()
    for exchange in reversed(exchanges):
        tokens -= sum(map(estimated_tokens, exchange.messages))
        messages -= len(exchange.messages)
        if exchange.asked or (tokens >= 0 and messages >= 0):
            kept.append(exchange)
        else:
            messages = -1  # nothing earlier fits either
    return kept[::-1]


def _exchanges(branch: Sequence[Message | PromptMessage], asked: int) -> list[Exchange]:
    """What the branch says: every result behind its call, and nothing of a call that has no result."""
    caller_of, called = _pairs(branch)
    exchanges: dict[int, Exchange] = {}
    for place, message in enumerate(branch):
        is_asked = place >= len(branch) - asked
        said = list[Part]()
        for part_place, part in enumerate(message.parts):
            if (place, part_place) in caller_of:
                exchange = exchanges[caller_of[place, part_place]]
                exchange.messages.append(PromptMessage(Role.TOOL, (part,)))
                exchange.asked |= is_asked
            elif not isinstance(part, ToolResult) and (not isinstance(part, ToolCall) or (place, part_place) in called):
                said.append(part)
        if _says_something(message, said):
            exchanges[place] = Exchange([PromptMessage(message.role, tuple(said))], is_asked)
    return list(exchanges.values())


def _pairs(branch: Sequence[Message | PromptMessage]) -> tuple[dict[Place, int], set[Place]]:
    """For each result the message that made the call, and the calls that have a result; of equal ids the last call."""
    caller_of, called = dict[Place, int](), set[Place]()
    waiting: dict[str, Place] = {}
    for place, message in enumerate(branch):
        for part_place, part in enumerate(message.parts):
            if isinstance(part, ToolResult) and (call := waiting.get(part.call_id)) and call[0] < place:
                caller_of[place, part_place] = call[0]
                called.add(waiting.pop(part.call_id))
            elif isinstance(part, ToolCall):
                waiting[part.id] = (place, part_place)
    return caller_of, called


def _says_something(message: Message | PromptMessage, said: Sequence[Part]) -> bool:
    if message.role is Role.ASSISTANT:
        return any(part.text.strip() if isinstance(part, Text) else not isinstance(part, Reasoning) for part in said)
    return bool(said or not message.parts)
