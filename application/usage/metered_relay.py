"""A provider that is handed requests as they are: every call of it is in the ledger all the same."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from application.ports.chat_relay import ChatRelay, RelayNotes
from application.ports.metering import Charge
from application.usage.meter import Meter
from domain.usage import estimated_count


@dataclass(frozen=True, slots=True)
class MeteredRelay:
    """As ChatRelay, on somebody's account."""

    provider: str
    relay: ChatRelay
    meter: Meter

    async def stream(self, body: Mapping[str, Any], *, model: str, charge: Charge) -> AsyncGenerator[bytes, None]:
        notes = RelayNotes()
        with self.meter.call(charge, f"{self.provider}:{model}", lambda: sent_in(body)) as call:
            try:
                async with aclosing(self.relay.stream(body, model=model, notes=notes)) as pieces:
                    async for piece in pieces:
                        call.heard_any = True
                        yield piece
            finally:
                call.characters = notes.characters
                if notes.is_whole:
                    call.finish(notes.usage)
                else:
                    call.usage = notes.usage

    async def whole(self, body: Mapping[str, Any], *, model: str, charge: Charge) -> bytes:
        notes = RelayNotes()
        with self.meter.call(charge, f"{self.provider}:{model}", lambda: sent_in(body)) as call:
            answer = await self.relay.whole(body, model=model, notes=notes)
            call.characters = notes.characters
            call.finish(notes.usage)
        return answer


def sent_in(body: Mapping[str, Any]) -> int:
    """Tokens, by estimate: of all words in the messages, wherever in them they are."""
    return estimated_count(_characters(body.get("messages")))


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(each) for name, each in value.items() if name not in ("role", "type", "image_url"))
    return sum(map(_characters, value)) if isinstance(value, list) else 0
