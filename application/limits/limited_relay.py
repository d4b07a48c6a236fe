"""Providers that speak OpenAI's words themselves, asked only while their caller may spend."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from application.limits.budgets import Budgets, Reservation
from application.limits.limited_model import CHARACTERS_OF_TOKEN, estimated
from application.ports.chat_relay import ChatRelay, RelayNotes


@dataclass(frozen=True, slots=True)
class LimitedRelay(ChatRelay):
    """Raises LimitReached or PriceUnknown before the provider is asked.

    What a call used is what the provider says in its answer, or else an estimate from what was sent and heard.
    """

    provider: str
    relay: ChatRelay
    budgets: Budgets

    async def stream(
        self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None
    ) -> AsyncGenerator[bytes, None]:
        reservation, sent = await self._reserve(body, model)
        notes = notes or RelayNotes()
        try:
            async with aclosing(self.relay.stream(body, model=model, notes=notes)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            await _settle(reservation, sent, notes)

    async def whole(self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None) -> bytes:
        reservation, sent = await self._reserve(body, model)
        notes = notes or RelayNotes()
        try:
            return await self.relay.whole(body, model=model, notes=notes)
        finally:
            await _settle(reservation, sent, notes)

    async def _reserve(self, body: Mapping[str, Any], model: str) -> tuple[Reservation | None, int]:
        payer = await self.budgets.in_force()
        if payer is None:
            return None, 0
        sent = len(json.dumps([body.get("messages"), body.get("tools")])) // CHARACTERS_OF_TOKEN
        most = body.get("max_completion_tokens") or body.get("max_tokens")
        many = (body.get("n") or 1) * most if most else None
        full_name = f"{self.provider}:{model}"
        return await self.budgets.reserve(payer, full_name, input_tokens=sent, output_tokens=many), sent


async def _settle(reservation: Reservation | None, sent: int, notes: RelayNotes) -> None:
    if reservation:
        heard = notes.characters
        await reservation.settle(notes.usage or estimated(sent if heard or notes.is_whole else 0, heard))
