"""The embedding models of any OpenAI-compatible server."""

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import msgspec

from adapters.http.failures import Rejected
from adapters.http.json_text import count_in
from adapters.openai.server import OpenAIServer
from application.ports.embedder import Embedder, Embeddings
from domain.errors import ProviderAnswerInvalid
from domain.usage import Usage

TEXTS_PER_CALL = 256
ANSWER_BYTES = 64 * 1024 * 1024


class Item(msgspec.Struct):
    embedding: str | list[float]
    index: int | None = None


class Listing(msgspec.Struct):
    data: list[Item]
    model: str | None = None
    usage: dict[str, Any] | None = None


class OpenAIEmbedder(Embedder):
    """Sends at most 256 texts a call, one call after the other. Asks for base64, a third of the bytes and a tenth of
    the work of decimal numbers; a server that answers with numbers, or will not be asked, is understood too."""

    def __init__(self, server: OpenAIServer, *, default_model: str) -> None:
        self._server = server
        self._address = server.address("embeddings")
        self._default_model = default_model
        self._takes_base64 = True

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        """Raises ProviderAnswerInvalid too when a vector is missing or of another length than the others."""
        name = model or self._default_model
        asked: dict[str, Any] = {"model": name}
        if dimensions is not None:
            asked["dimensions"] = dimensions
        listings = [
            await self._call(asked, texts[start : start + TEXTS_PER_CALL])
            for start in range(0, len(texts), TEXTS_PER_CALL)
        ]
        vectors = [self._vector(item) for listing in listings for item in listing.data]
        lengths = {len(vector) for vector in vectors}
        if len(lengths) > 1 or 0 in lengths:
            raise self._invalid("the vectors are not all of one length")
        if dimensions is not None and lengths - {dimensions}:
            raise self._invalid(f"its vectors are of {lengths.pop()} numbers and not of the {dimensions} asked for")
        reported = next((listing.model for listing in listings if listing.model), name)
        return Embeddings(vectors, lengths.pop() if lengths else 0, reported, _usage_of(listings))

    async def _call(self, asked: Mapping[str, Any], texts: Sequence[str]) -> Listing:
        body: dict[str, Any] = {**asked, "input": list(texts)}
        as_base64 = self._takes_base64
        if as_base64:
            body["encoding_format"] = "base64"
        try:
            return await self._post(body, len(texts))
        except Rejected as refusal:
            if not (as_base64 and "encoding_format" in refusal.names):
                raise
        self._takes_base64 = False
        return await self._call(asked, texts)

    async def _post(self, body: dict[str, Any], count: int) -> Listing:
        answer = await self._server.post(self._address, msgspec.json.encode(body))
        try:
            raw = await answer.read_all(at_most_bytes=ANSWER_BYTES)
        finally:
            await answer.aclose()
        try:
            listing = msgspec.json.decode(raw, type=Listing)
        except (ValueError, RecursionError):
            raise self._invalid("it is not a list of embeddings") from None
        places = [place if item.index is None else item.index for place, item in enumerate(listing.data)]
        if sorted(places) != list(range(count)):
            raise self._invalid(f"there are {len(places)} vectors for {count} texts, or they are not numbered so")
        listing.data = [item for _, item in sorted(zip(places, listing.data, strict=True), key=lambda pair: pair[0])]
        return listing

    def _vector(self, item: Item) -> list[float]:
        vector = item.embedding
        if isinstance(vector, str):
            numbers = array("f")
            try:
                numbers.frombytes(base64.b64decode(vector, validate=True))
            except (ValueError, binascii.Error):
                raise self._invalid("a vector is not base64 of 32-bit numbers") from None
            if sys.byteorder == "big":
                numbers.byteswap()
            vector = numbers.tolist()
        if not isfinite(sum(vector)):
            raise self._invalid("a vector has a number that is not finite")
        return vector

    def _invalid(self, why: str) -> ProviderAnswerInvalid:
        return ProviderAnswerInvalid(self._server.provider, why)


def _usage_of(listings: Sequence[Listing]) -> Usage | None:
    records = [listing.usage for listing in listings if listing.usage]
    if not records:
        return None
    total = sum(count_in(record, "prompt_tokens") for record in records)
    return Usage(total, 0, raw=records[0] if len(records) == 1 else {"calls": records})
