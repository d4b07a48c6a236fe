"""Answers as logs tell them: written, interrupted, begun anew, with calls of tools that the page or Parley runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from domain.conversation import Part, ProviderState, ToolResult
from domain.run import AnswerReset, Delta, ReasoningDelta, RunEvent, RunFinished, RunStatus, TextDelta, answer_of
from domain.step import StepFinished, ToolFinished, ToolStarted
from domain.tool import ToolCallDelta

WORDS = ("wind ", "", "é🙂", '"<\\\n', "data: [DONE]\n\n", " ")
ARGUMENTS = ('{"in": "Bern"}', "{}", "", "[1,null,2.5]", '{"deep": {"a": [true]}}')
SERVER_TOOL = "clock"


@dataclass(frozen=True)
class Told:
    """The events of one run that ends well, in the batches in which a reader gets them."""

    batches: list[list[RunEvent]]

    @property
    def events(self) -> list[RunEvent]:
        return [event for batch in self.batches for event in batch]

    @property
    def parts(self) -> tuple[Part, ...]:
        return answer_of(self.events)


def told_answers(count: int) -> Iterator[Told]:
    """Ever the same."""
    for seed in range(count):
        random = Random(seed)
        events = _agent(random) if seed % 3 == 0 else _reply(random)
        cuts = sorted(random.sample(range(1, len(events)), k=min(random.randrange(6), len(events) - 1)))
        edges = [0, *cuts, len(events)]
        yield Told([events[a:b] for a, b in pairwise(edges)])


def _reply(random: Random) -> list[RunEvent]:
    """Some of its attempts may have been interrupted."""
    events: list[RunEvent] = []
    for _ in range(random.choice((0, 0, 1, 2))):
        events += [*_torn(random), AnswerReset()]
    return [*events, *_said(random), RunFinished(RunStatus.COMPLETED, random.choice(("stop", "tool_calls")))]


def _agent(random: Random) -> list[RunEvent]:
    """Steps that call a tool of the server's, each of which may have been interrupted, and then an answer."""
    events: list[RunEvent] = []
    for step in range(random.randrange(1, 4)):
        if random.random() < 0.4:
            events += [*_torn(random, step), AnswerReset(answer_of(events))]
        call = f"call_{step}"
        events += [*_words(random), ToolCallDelta(step, call, SERVER_TOOL, random.choice(ARGUMENTS))]
        events += [StepFinished("model", "tool_calls"), ToolStarted(call, "{}")]
        if random.random() < 0.3:
            events.append(AnswerReset(answer_of(events)))
        events.append(ToolFinished(call, random.choice(("noon", '{"hour": 12}'))))
    if random.random() < 0.5:
        events += [*_torn(random, 9), AnswerReset(answer_of(events))]
    return [*events, TextDelta("It is noon."), StepFinished("model", "stop"), RunFinished(RunStatus.COMPLETED, "stop")]


def _said(random: Random) -> list[Delta]:
    return [piece for _ in range(random.randrange(1, 4)) for piece in (*_words(random), *_calls(random))]


def _words(random: Random) -> list[Delta]:
    out: list[Delta] = []
    for _ in range(random.randrange(5)):
        text = random.choice(WORDS)
        state = ProviderState("a", {}) if random.random() < 0.2 else None
        out.append(TextDelta(text) if random.random() < 0.6 else ReasoningDelta(text, state))
    return out


def _calls(random: Random) -> list[Delta]:
    """Written side by side; all the numbers of an answer are different."""
    if random.random() < 0.5:
        return []
    first, out = random.randrange(1_000) * 10, list[Delta]()
    whole = [random.choice(ARGUMENTS) for _ in range(random.randrange(1, 3))]
    for number, arguments in enumerate(whole, first):
        out.append(ToolCallDelta(number, f"call_{number}", "weather", arguments[:4]))
    return out + [ToolCallDelta(number, arguments=text[4:]) for number, text in enumerate(whole, first) if text[4:]]


def _torn(random: Random, step: int = 0) -> list[Delta]:
    """Something was said, but the call is not whole."""
    return [*_words(random), TextDelta("Half a w"), ToolCallDelta(step, f"torn_{step}", "weather", '{"in": "B')]


def run_here(parts: tuple[Part, ...]) -> list[str]:
    return [SERVER_TOOL] if any(isinstance(part, ToolResult) for part in parts) else []
