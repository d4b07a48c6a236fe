"""A run as a UI message stream, https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol: server-sent events without names."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sequence

import msgspec

from domain.conversation import Message, Role, ToolResult
from domain.errors import Refusal
from domain.run import AnswerReset, NumberedEvent, Run, RunEvent, RunFinished
from domain.step import RunWaiting
from entrypoints.ai_sdk.answer_fold import FINISH_STEP, START_STEP, AnswerFold, Chunk
from entrypoints.ai_sdk.ids import ui_message_id
from entrypoints.ai_sdk.ui_messages import tools_run_here

MEDIA_TYPE = "text/event-stream"
HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.Encoder().encode


async def stored(
    run: Run,
    batches: AsyncIterable[list[NumberedEvent]],
    *,
    group: Sequence[Message] = (),
    replay: bool = False,
    seen: int = 0,
) -> AsyncGenerator[bytes, None]:
    """The answer of `run` from its first event, live to its end; `[DONE]` unless it ends in an `error`.

    `group` is what the answer goes on from within one message of the page, if it does, and `replay` says it all again.
    What was taken back before the reader came is not said at all, nor what the page has: events numbered up to `seen`.
    """
    fold = AnswerFold(run.answer_id, run.settings.server_tools)
    yield frames([_start(run, group), *(_earlier(group) if replay else ()), START_STEP])
    waiting: list[RunEvent] = []
    shown = False
    try:
        async for batch in batches:
            if batch[0].number <= seen:
                fold.feed(numbered.event for numbered in batch if numbered.number <= seen)
                shown = True
                if not (batch := [numbered for numbered in batch if numbered.number > seen]):
                    continue
            waiting += [numbered.event for numbered in batch]
            if batch[-1].number < run.last_event:
                continue
            last = waiting[-1]
            piece = frames(fold.feed(waiting if shown else _since_last_reset(waiting)))
            waiting, shown = [], True
            if isinstance(last, RunWaiting):
                yield piece + frames([FINISH_STEP, {"type": "finish", "finishReason": "tool-calls"}]) + DONE
                return
            yield piece + (DONE if isinstance(last, RunFinished) and not last.problem else b"")
    except Refusal as refusal:
        yield frames([{"type": "error", "errorText": str(refusal)}])


def frames(chunks: Iterable[Chunk]) -> bytes:
    return b"".join([b"data: %b\n\n" % _encode(chunk) for chunk in chunks])


def _start(run: Run, group: Sequence[Message]) -> Chunk:
    """The page goes on writing the message that it has, if the answer goes on from results of its calls."""
    first = group[0].id if group else run.answer_id
    metadata = {"conversation_id": run.conversation_id, "run_id": run.id}
    return {"type": "start", "messageId": ui_message_id(run.conversation_id, first), "messageMetadata": metadata}


def _earlier(group: Sequence[Message]) -> Iterable[Chunk]:
    fold: AnswerFold | None = None
    for message in group:
        if message.role is Role.ASSISTANT:
            if fold:
                yield FINISH_STEP
            fold = AnswerFold(message.id, tools_run_here(message))
            yield START_STEP
            yield from fold.say(message.parts)
        elif fold:
            yield from fold.say(part for part in message.parts if isinstance(part, ToolResult))
    if fold:
        yield FINISH_STEP


def _since_last_reset(events: Sequence[RunEvent]) -> Sequence[RunEvent]:
    last = max((place for place, event in enumerate(events) if isinstance(event, AnswerReset)), default=0)
    return events[last:]
