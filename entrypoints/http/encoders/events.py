"""A run's events as they are, for those who follow the run itself."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import asdict
from typing import Any

import msgspec

from domain.run import NumberedEvent, ReasoningDelta, RunEvent, RunFinished, TextDelta
from entrypoints.http.encoders.sse import frame

TYPE_OF: dict[type[RunEvent], str] = {
    TextDelta: "text_delta",
    ReasoningDelta: "reasoning_delta",
    RunFinished: "run_finished",
}


def as_object(numbered: NumberedEvent) -> dict[str, Any]:
    """`{"seq", "type", ...}` with the event's own fields."""
    return {"seq": numbered.number, "type": TYPE_OF[type(numbered.event)], **asdict(numbered.event)}


def as_line(numbered: NumberedEvent) -> bytes:
    return msgspec.json.encode(as_object(numbered)) + b"\n"


def as_frame(numbered: NumberedEvent) -> bytes:
    return frame(TYPE_OF[type(numbered.event)], numbered.number, msgspec.json.encode(as_object(numbered)))


async def encoded(
    batches: AsyncIterable[list[NumberedEvent]], encode: Callable[[NumberedEvent], bytes]
) -> AsyncGenerator[bytes, None]:
    async for batch in batches:
        yield b"".join(map(encode, batch))
