"""A stored run as a streamed chat completion."""

from collections.abc import AsyncGenerator, AsyncIterable

from application.ports.language_model import ModelEvent, ModelFinished
from domain.conversation import Reasoning, Text, ToolCall
from domain.errors import Refusal
from domain.run import AnswerReset, NumberedEvent, Problem, ReasoningDelta, Run, RunEvent, RunFinished, TextDelta
from domain.tool import ToolCallDelta
from entrypoints.http.problems import run_problem_body
from entrypoints.openai.encoders.chunks import Heading, encoded, error_event, opening, problem_event

BEGUN_ANEW = Problem(
    "answer_begun_anew",
    "The answer was begun anew by another server, which a chat completion cannot tell; it is kept as a response",
)


async def run_chunks(
    batches: AsyncIterable[list[NumberedEvent]], run: Run, heading: Heading, request_id: str
) -> AsyncGenerator[bytes, None]:
    """`[DONE]` comes only after a whole answer, else one error; so does an answer that is begun anew amid its words."""
    piece, said = opening(heading), False
    try:
        async for batch in batches:
            events: list[ModelEvent] = []
            for _, event in batch:
                if problem := _problem_of(event, said=said):
                    yield piece + encoded(events, heading) + problem_event(run_problem_body(run, problem, request_id))
                    return
                events += as_said(event, run.model)
                said = True
            yield piece + encoded(events, heading)
            piece = b""
    except Refusal as refusal:
        yield error_event(refusal, request_id)


def as_said(event: RunEvent, model: str) -> list[ModelEvent]:
    """What the model said, as far as the log tells."""
    if isinstance(event, RunFinished):
        reason = "stop" if event.refused or event.finish_reason is None else event.finish_reason
        return [ModelFinished(reason, model, event.usage, event.refused, event.answered_by, event.dropped)]
    if isinstance(event, TextDelta | ReasoningDelta | ToolCallDelta):
        return [event]
    if not isinstance(event, AnswerReset):
        return []
    calls = [part for part in event.parts if isinstance(part, ToolCall)]
    said: list[ModelEvent] = [ToolCallDelta(i, call.id, call.name, call.arguments) for i, call in enumerate(calls)]
    thought = [ReasoningDelta(part.text) for part in event.parts if isinstance(part, Reasoning)]
    return [*thought, *(TextDelta(part.text) for part in event.parts if isinstance(part, Text)), *said]


def _problem_of(event: RunEvent, *, said: bool) -> Problem | None:
    if isinstance(event, RunFinished):
        return event.problem
    return BEGUN_ANEW if isinstance(event, AnswerReset) and said else None
