"""Vectors from letters: what search runs on until an embedding model is configured."""

import asyncio
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar
from zlib import crc32

from application.ports.embedder import Embedder, Embeddings
from domain.errors import ProviderRejectedRequest
from domain.usage import Usage

FULL_NAME = "demo:hashing"
MOST_DIMENSIONS = 4096
GRAM_LENGTHS = (2, 3, 4)
LETTERS = "LMN"
"""The first letter of the Unicode categories that words are made of: letters, marks (vowel signs!) and numbers."""


class HashingEmbedder(Embedder):
    """Hashes words and their character n-grams into vectors of length 1.

    This measures shared letters, not meaning: "car" is near "cars" and far from "automobile". The same text gives
    the same vector in every process and version of Python. A text without a letter or a digit gives the zero vector.
    Every model name is taken, and the answer is always labelled `demo:hashing`.
    """

    lexical: ClassVar[bool] = True

    def __init__(self, dimensions: int = 256) -> None:
        self._dimensions = dimensions

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        """Embed in a thread, text by text, so that neither other requests nor a cancellation wait for long."""
        length = dimensions or self._dimensions
        if length > MOST_DIMENSIONS:
            raise ProviderRejectedRequest("demo", f"dimensions: must be at most {MOST_DIMENSIONS:,}")
        vectors = [await asyncio.to_thread(_vector, text, length) for text in texts]
        words = sum(len(text.split()) for text in texts)
        return Embeddings(vectors, length, FULL_NAME, Usage(words, 0))


def _vector(text: str, dimensions: int) -> list[float]:
    vector = [0.0] * dimensions
    for word, times in Counter(_words(text)).items():
        weight = 1 + math.log(times)
        for feature, share in _features(word):
            # CRC-32 is linear; the product spreads what differs in a few bits over the whole number
            number = (crc32(feature.encode()) * 0x9E3779B97F4A7C15) >> 32 & 0xFFFFFFFF
            vector[(number >> 1) % dimensions] += weight * share * (1 if number & 1 else -1)
    length = math.hypot(*vector)
    return [number / length for number in vector] if length else vector


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c if unicodedata.category(c)[0] in LETTERS else " " for c in plain).split()


def _features(word: str) -> Iterator[tuple[str, float]]:
    """The word itself and its n-grams, with their shares of its weight."""
    yield f"={word}", 1.0
    edged = f"<{word}>"
    grams = [edged[i : i + n] for n in GRAM_LENGTHS for i in range(len(edged) - n + 1)]
    for gram in grams:
        yield gram, 1 / math.sqrt(len(grams))
