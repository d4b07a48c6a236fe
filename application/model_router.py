"""Find the provider that a model name means."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from application.provider_names import resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRouter(LanguageModel):
    """`provider:model` goes to that provider; any other name, colons and all, to the default model's provider."""

    providers: Mapping[str, LanguageModel]
    default_model: str

    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        provider, name = resolved(request.model, self.providers, self.default_model)
        return self.providers[provider].stream(replace(request, model=name))

    def models(self) -> tuple[str, ...]:
        known = [name for model in self.providers.values() for name in model.models()]
        return tuple(dict.fromkeys([self.default_model, *known]))
