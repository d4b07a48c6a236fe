"""Find the provider that an embedding model's name means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.embedder import Embedder, Embeddings
from application.provider_names import resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderRouter(Embedder):
    """`provider:model` goes to that provider; any other name, colons and all, to the default model's provider."""

    providers: Mapping[str, Embedder]
    default_model: str

    def full_name(self, model: str | None) -> str:
        """The `provider:model` that this name means."""
        return ":".join(resolved(model, self.providers, self.default_model))

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        provider, name = resolved(model, self.providers, self.default_model)
        return await self.providers[provider].embed(texts, model=name, dimensions=dimensions)
