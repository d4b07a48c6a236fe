"""Find the provider that an embedding model's name means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.embedder import Embedder, Embeddings


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderRouter(Embedder):
    """`provider:model` goes to that provider; any other name, colons and all, to the default model's provider."""

    providers: Mapping[str, Embedder]
    default_model: str

    async def embed(self, texts: Sequence[str], *, model: str | None = None) -> Embeddings:
        provider, name = self._resolve(model or self.default_model)
        return await self.providers[provider].embed(texts, model=name)

    def _resolve(self, name: str) -> tuple[str, str]:
        provider, colon, rest = name.partition(":")
        if colon and provider in self.providers:
            return provider, rest
        return self.default_model.partition(":")[0], name
