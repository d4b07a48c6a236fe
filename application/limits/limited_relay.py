"""Providers that speak OpenAI's words themselves, asked only while their caller may spend."""

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from application.limits.limited_model import CHARACTERS_OF_TOKEN, estimated
from application.limits.spending import Reservation, Spending
from application.ports.chat_relay import ChatRelay
from domain.usage import Usage

PROMPT, COMPLETION = (re.compile(rb'"%s"\s*:\s*(\d{1,12})' % name) for name in (b"prompt_tokens", b"completion_tokens"))
USAGE = b'"prompt_tokens"'
FRAME_BYTES = 200
"""About what an event has around the word in it."""


@dataclass(frozen=True, slots=True)
class LimitedRelay(ChatRelay):
    """Raises LimitReached or PriceUnknown before the provider is asked.

    What a call used is what the provider says in its answer, or else an estimate from what was sent and heard.
    """

    provider: str
    relay: ChatRelay
    spending: Spending

    async def stream(self, body: Mapping[str, Any], *, model: str, **more: Any) -> AsyncGenerator[bytes, None]:
        reservation, sent = await self._reserve(body, model)
        if reservation is None:
            async with aclosing(self.relay.stream(body, model=model, **more)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        heard, usage = 0, None
        try:
            async with aclosing(self.relay.stream(body, model=model, **more)) as pieces:
                async for piece in pieces:
                    heard += max(1, len(piece) - piece.count(b"data:") * FRAME_BYTES) + piece.count(b"data:") * 4
                    usage = _usage_in(piece) or usage
                    yield piece
        finally:
            await reservation.settle(usage or estimated(sent if heard else 0, heard))

    async def whole(self, body: Mapping[str, Any], *, model: str, **more: Any) -> bytes:
        reservation, sent = await self._reserve(body, model)
        if reservation is None:
            return await self.relay.whole(body, model=model, **more)
        usage = Usage(0, 0)
        try:
            answer = await self.relay.whole(body, model=model, **more)
            usage = _usage_in(answer) or estimated(sent, len(answer))
        finally:
            await reservation.settle(usage)
        return answer

    async def _reserve(self, body: Mapping[str, Any], model: str) -> tuple[Reservation | None, int]:
        payer = await self.spending.in_force()
        if payer is None:
            return None, 0
        sent = len(json.dumps([body.get("messages"), body.get("tools")])) // CHARACTERS_OF_TOKEN
        most = body.get("max_completion_tokens") or body.get("max_tokens")
        many = (body.get("n") or 1) * most if most else None
        full_name = f"{self.provider}:{model}"
        return await self.spending.reserve(payer, full_name, input_tokens=sent, output_tokens=many), sent


def _usage_in(piece: bytes) -> Usage | None:
    """What the provider says that it used, if it says so here; the last word counts."""
    if USAGE not in piece:
        return None
    prompt, completion = PROMPT.findall(piece), COMPLETION.findall(piece)
    return Usage(int(prompt[-1]), int(completion[-1]) if completion else 0)
