"""Find the provider that a model name means."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRouter(LanguageModel):
    """`provider:model` goes to that provider; any other name, colons and all, to the default model's provider."""

    providers: Mapping[str, LanguageModel]
    default_model: str

    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        provider, name = self._resolve(request.model or self.default_model)
        return self.providers[provider].stream(replace(request, model=name))

    def models(self) -> tuple[str, ...]:
        known = [name for model in self.providers.values() for name in model.models()]
        return tuple(dict.fromkeys([self.default_model, *known]))

    def _resolve(self, name: str) -> tuple[str, str]:
        provider, colon, rest = name.partition(":")
        if colon and provider in self.providers:
            return provider, rest
        return self.default_model.partition(":")[0], name
