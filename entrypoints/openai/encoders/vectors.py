"""Embeddings in one document."""

import base64
import sys
from array import array
from collections.abc import Sequence

import msgspec

from application.ports.embedder import Embeddings


def vectors(made: Embeddings, *, as_base64: bool) -> bytes:
    """Numbers, or base64 of 32-bit numbers, a third of the bytes."""
    spent = made.usage.input_tokens if made.usage else 0
    return msgspec.json.encode(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": i, "embedding": packed(vector) if as_base64 else vector}
                for i, vector in enumerate(made.vectors)
            ],
            "model": made.model,
            "usage": {"prompt_tokens": spent, "total_tokens": spent},
        }
    )


def packed(vector: Sequence[float]) -> str:
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers).decode()
