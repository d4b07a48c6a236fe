"""A language model that says what a test wrote down, when the test lets it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.run import TextDelta
from domain.usage import Usage

Step = list[ModelEvent] | asyncio.Event | BaseException
FINISHED = ModelFinished("stop", "scripted", Usage(3, 5, raw={"total": 8}))


@dataclass
class ScriptedModel(LanguageModel):
    """Each request plays `script`: a batch is yielded, an Event is waited for, an exception is raised.

    `pauses` are the turns of the loop before each step.
    """

    script: Sequence[Step] = ()
    requests: list[ModelRequest] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    pauses: list[int] = field(default_factory=list)
    open_streams: int = 0
    most_open_streams: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        self.requests.append(request)
        self.open_streams += 1
        self.most_open_streams = max(self.most_open_streams, self.open_streams)
        self.asked.set()
        try:
            for step in self.script:
                for _ in range(self.pauses.pop(0) if self.pauses else 1):  # words never arrive in the turn of the call
                    await asyncio.sleep(0)
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, BaseException):
                    raise step
                else:
                    yield step
        finally:
            await asyncio.sleep(0)  # closing a connection takes a turn too
            self.open_streams -= 1

    def models(self) -> tuple[str, ...]:
        return ("scripted:model",)


def words(*texts: str) -> list[Step]:
    """A batch for each text, without an end."""
    return [[TextDelta(text)] for text in texts]


def whole(*texts: str) -> list[Step]:
    """A batch for each text, and the proof that the answer is whole."""
    return [*words(*texts), [FINISHED]]
