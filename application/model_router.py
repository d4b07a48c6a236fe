"""Find the provider that a model name means, and show its model what it can be shown."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.provider_names import resolved
from domain.catalogue import Catalogue, ModelInfo
from domain.errors import ProviderRejectedRequest
from domain.fitting import Fitting
from domain.shape import told_of_shape

EFFORTS = ("reasoning_effort", "thinking")
"""The extra fields that only a model takes which reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRouter(LanguageModel):
    """`provider:model` goes to that provider; any other name, colons and all, to the default model's provider.

    What the catalogue says that a model cannot do is never asked of it: a schema becomes instructions, pictures and
    foreign reasoning are left out, and the end of the answer names what was. A model without tools that is given some
    refuses as its provider would.
    """

    providers: Mapping[str, LanguageModel]
    default_model: str
    catalogue: Catalogue = field(default_factory=Catalogue)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        provider, name = resolved(request.model, self.providers, self.default_model)
        full_name = f"{provider}:{name}"
        fitted, dropped = self._fitted(request, provider, name, self.catalogue.model(full_name))
        async with aclosing(self.providers[provider].stream(fitted)) as batches:
            async for batch in batches:
                if isinstance(last := batch[-1], ModelFinished):
                    all_dropped = tuple(dict.fromkeys([*dropped, *last.dropped]))
                    batch = [*batch[:-1], replace(last, answered_by=full_name, dropped=all_dropped)]
                yield batch

    def models(self) -> tuple[str, ...]:
        known = [name for model in self.providers.values() for name in model.models()]
        return tuple(dict.fromkeys([self.default_model, *known]))

    def _fitted(
        self, request: ModelRequest, provider: str, name: str, info: ModelInfo
    ) -> tuple[ModelRequest, tuple[str, ...]]:
        if request.tools and info.tools is False:
            raise ProviderRejectedRequest(provider, f"the model {name!r} cannot call tools", vendor_param="tools")
        fitting = Fitting(provider, name, info)
        messages, schema, extra = fitting(request.messages), request.json_schema, request.extra
        if schema and info.json_schema is False:
            messages, schema = told_of_shape(messages, schema), None
        if info.reasoning is False and any(effort in extra for effort in EFFORTS):
            extra = {field: value for field, value in extra.items() if field not in EFFORTS}
        limit = min(filter(None, (request.max_tokens, info.max_output_tokens)), default=None)
        charge = replace(request.charge, asked=request.charge.asked or request.model or self.default_model)
        fitted = replace(
            request,
            model=name,
            messages=messages,
            json_schema=schema,
            extra=extra,
            max_tokens=limit if request.max_tokens else None,
            charge=charge,
        )
        return fitted, tuple(fitting.dropped)
