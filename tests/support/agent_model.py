"""A language model that plays an agent's part: each step is written down, and chosen by the results it is shown."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.conversation import ToolResult
from domain.run import TextDelta
from domain.tool import ToolCallDelta
from domain.usage import Usage


def says(text: str, reason: str = "stop") -> list[ModelEvent]:
    return [TextDelta(text), ModelFinished(reason, "agent", Usage(10, 5, {"total": 15}))]


def calls(*named: tuple[str, str], text: str = "") -> list[ModelEvent]:
    """A step that calls tools: names with arguments. Their ids are `call_1`, `call_2` in every step anew."""
    said: list[ModelEvent] = [TextDelta(text)] if text else []
    pieces = [ToolCallDelta(i, f"call_{i + 1}", name, arguments) for i, (name, arguments) in enumerate(named)]
    return [*said, *pieces, ModelFinished("tool_calls", "agent", Usage(10, 5, {"total": 15}))]


@dataclass
class AgentModel(LanguageModel):
    """Says step number n when it is shown the results of n earlier steps; the last one again and again."""

    steps: Sequence[list[ModelEvent]] = ()
    requests: list[ModelRequest] = field(default_factory=list)
    open_streams: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        self.requests.append(request)
        self.open_streams += 1
        try:
            for event in self.steps[min(self._steps_behind(request), len(self.steps) - 1)]:
                await asyncio.sleep(0)
                yield [event]
        finally:
            self.open_streams -= 1

    def models(self) -> tuple[str, ...]:
        return ("scripted:agent",)

    def _steps_behind(self, request: ModelRequest) -> int:
        """How often results came in, since the last question."""
        behind, was_result = 0, False
        for message in request.messages:
            is_result = any(isinstance(part, ToolResult) for part in message.parts)
            behind += is_result and not was_result
            was_result = is_result
            if message.role == "user":
                behind = 0
        return behind
