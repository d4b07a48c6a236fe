"""A relay that says what a test wrote down."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from application.ports.chat_relay import ChatRelay, RelayNotes
from domain.errors import ProviderFailure


class ScriptedRelay(ChatRelay):
    """One of `outcomes` a call, whole or as the one piece of a stream; the models asked are in `calls`."""

    def __init__(self, outcomes: Sequence[bytes | ProviderFailure]) -> None:
        self.outcomes, self.calls = list(outcomes), list[str]()

    async def stream(
        self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None
    ) -> AsyncGenerator[bytes, None]:
        yield await self.whole(body, model=model)

    async def whole(self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None) -> bytes:
        self.calls.append(model)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, ProviderFailure):
            raise outcome
        return outcome
