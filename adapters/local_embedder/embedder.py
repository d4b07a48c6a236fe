"""The embedder over a model's folder."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from adapters.local_embedder.bert import Bert, Shape
from adapters.local_embedder.safetensors import read_weights
from adapters.local_embedder.wordpiece import WordPiece
from application.ports.embedder import Embedder, Embeddings
from domain.errors import ProviderRejectedRequest
from domain.usage import Usage

PROVIDER = "local"
AT_ONCE = 8
"""So many texts keep matrices large enough to be fast, and are done soon enough for a cancellation to be felt."""
SPECIAL_TOKENS = 2
POOLING = "1_Pooling/config.json"


class LocalEmbedder(Embedder):
    """Vectors of length 1 from a sentence-transformers folder with a BERT and mean pooling, such as all-MiniLM-L6-v2.

    Text beyond the model's length (256 tokens for that one) is not seen by it. Every model name is taken.
    """

    def __init__(self, model: Bert, words: WordPiece, *, name: str, longest: int) -> None:
        self._model, self._words = model, words
        self._name, self._longest = name, longest

    @classmethod
    def from_folder(cls, folder: Path, *, name: str | None = None) -> Self:
        """Reads config.json, vocab.txt and model.safetensors, and the optional files beside them.

        `name` is what answers are labelled with, `name_of` the folder by default. Raise ValueError, with a sentence for
        the operator, for a folder that holds no such model.
        """
        for needed in ("config.json", "vocab.txt", "model.safetensors"):
            if not (folder / needed).is_file():
                raise ValueError(f"{folder} holds no embedding model: {needed} is missing")
        try:
            shape = Shape.from_config(_json(folder / "config.json"))
            pooling = _json(folder / POOLING)
            if pooling and not pooling.get("pooling_mode_mean_tokens"):
                raise ValueError("its vectors are not the mean over all tokens")
            lower_case = _json(folder / "tokenizer_config.json").get("do_lower_case", True)
            words = WordPiece.from_file(folder / "vocab.txt", lower_case=lower_case)
            weights = read_weights(folder / "model.safetensors")
            longest = _json(folder / "sentence_bert_config.json").get("max_seq_length") or shape.longest
            bert = Bert(weights, shape)
            return cls(bert, words, name=name or name_of(folder), longest=min(longest, shape.longest))
        except (KeyError, UnicodeDecodeError) as error:
            raise ValueError(f"{folder} holds no embedding model that can be read: {error!r}") from error
        except ValueError as error:
            raise ValueError(f"{folder} holds no embedding model that can be read: {error}") from error

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        """Compute in a thread, a few texts at a time, while the event loop goes on."""
        size = self._model.shape.size
        if dimensions not in (None, size):
            raise ProviderRejectedRequest(PROVIDER, f"dimensions: this model's vectors have {size} numbers")
        tokens = [
            await asyncio.to_thread(self._encoded, texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)
        ]
        numbers = [text for some in tokens for text in some]
        order = sorted(range(len(numbers)), key=lambda place: len(numbers[place]))
        vectors: list[list[float]] = [[]] * len(numbers)
        for at in range(0, len(order), AT_ONCE):
            places = order[at : at + AT_ONCE]
            some_vectors = await asyncio.to_thread(self._model.embed, [numbers[place] for place in places])
            for place, vector in zip(places, some_vectors.tolist(), strict=True):
                vectors[place] = vector
        used = sum(map(len, numbers)) - SPECIAL_TOKENS * len(numbers)
        return Embeddings(vectors, size, self._name, Usage(used, 0))

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        return [self._words.encode(text, at_most=self._longest) for text in texts]


def name_of(folder: Path) -> str:
    """What the model calls itself, else the folder: what languages it knows is told by its name."""
    own = _json(folder / "config.json").get("_name_or_path")
    named = own.rstrip("/").rpartition("/")[2] if isinstance(own, str) else ""
    return named or folder.resolve().name


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return value
