"""A model from a folder, with a file that remembers what it said: thousands of texts take minutes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adapters.local_embedder.embedder import LocalEmbedder, name_of
from application.knowledge.models_in_time import ModelsInTime
from application.ports.embedder import Embedder, Embeddings
from application.ports.vector_index import Generation

NEW_UNTIL_SAVED = 1_000


class VectorsFile(Embedder):
    """`name` stands for the model in weights and generations; the file is one of `folder`, named after it."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._embedder = LocalEmbedder.from_folder(model)
        self.dimensions: int = json.loads((model / "config.json").read_text())["hidden_size"]
        self.model = f"local:{name_of(model)}"
        self._path = folder / f"vectors-{name_of(model)}.npz"
        self._known: dict[str, NDArray[np.float32]] = {}
        self._new = 0
        if self._path.is_file():
            with np.load(self._path) as file:
                self._known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if unknown:
            made = await self._embedder.embed(list(unknown.values()))
            for key, vector in zip(unknown, made.vectors, strict=True):
                self._known[key] = np.asarray(vector, np.float32)
            self._new += len(unknown)
            if self._new >= NEW_UNTIL_SAVED:
                self.save()
        return Embeddings([self._known[key].tolist() for key in keys], self.dimensions, self.model)

    def save(self) -> None:
        """Also called by itself now and then, so that little is lost when it is interrupted."""
        if self._new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
            self._new = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFromFile(ModelsInTime):
    """What the server asks a model for comes from the file: on nobody's account, and in no time once it is known."""

    vectors: VectorsFile

    async def vector(
        self, question: str, generation: Generation | None, charge: object = None
    ) -> tuple[Sequence[float], None]:
        return (await self.vectors.embed([question])).vectors[0], None
