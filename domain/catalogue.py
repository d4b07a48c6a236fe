"""The providers and models that are known: what each can do, how much it takes, and what it costs.

What is not known is None, which is never the same as no or as nothing: a model that the catalogue does not have may be
asked all the same, and is then asked for everything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.errors import InvalidInput
from domain.usage import Usage

MILLION = 1_000_000
PROVIDER_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
DATED = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$")
"""The end of a name that says which day's edition of the model it is."""


class ProviderKind(StrEnum):
    """The language that a provider speaks: chat completions, the Messages API, or none (built in)."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    DEMO = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whom a name before the colon means. `key` names the variable that holds its API key; without one it needs none.

    `reasoning_back` is the field in which an OpenAI-compatible server wants what it reasoned back, if it wants it.
    """

    name: str
    kind: ProviderKind
    base_url: str | None = None
    key: str | None = None
    reasoning_back: str | None = None

    def __post_init__(self) -> None:
        if not PROVIDER_NAME.fullmatch(self.name):
            raise InvalidInput("name", "a provider is named by lower-case letters, digits, `-` and `_`")
        if self.kind is not ProviderKind.DEMO and self.key is None and self.base_url is None:
            raise InvalidInput("key", "needs the name of the variable with the key, or a `base_url` that needs none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Money a million tokens; what a vendor does not list apart costs what other input does."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached", "cache_write"):
            value = getattr(self, name)
            if value is not None and not (value.is_finite() and value >= 0):
                raise InvalidInput(name, "must be a price, 0 or more")

    def cost_of(self, usage: Usage) -> Decimal:
        fresh = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
        spent = fresh * self.input + usage.output_tokens * self.output
        spent += usage.cached_tokens * (self.input if self.cached is None else self.cached)
        spent += usage.cache_write_tokens * (self.input if self.cache_write is None else self.cache_write)
        return spent / MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a call costs. `version` says of which day the prices are; it is kept beside what was counted with them.

    With more input than `long_above` tokens the whole call is at the `long` rates.
    """

    currency: str
    version: str
    rates: Rates
    long_above: int | None = None
    long: Rates | None = None

    def cost_of(self, usage: Usage) -> Decimal:
        is_long = self.long_above is not None and usage.input_tokens > self.long_above
        return (self.long if is_long and self.long else self.rates).cost_of(usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known of the model `provider:model`."""

    name: str
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    tools: bool | None = None
    images: bool | None = None
    reasoning: bool | None = None
    json_schema: bool | None = None
    price: Price | None = None

    def __post_init__(self) -> None:
        for name in ("context_tokens", "max_output_tokens"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise InvalidInput(name, "must be 1 or more")


def undated(name: str) -> str:
    """The name of the model of which this one may be a day's edition."""
    return DATED.sub("", name)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """By name: `openai` among the providers, `openai:gpt-4o` among the models."""

    providers: Mapping[str, Provider] = field(default_factory=dict)
    models: Mapping[str, ModelInfo] = field(default_factory=dict)

    def model(self, name: str) -> ModelInfo:
        """What is known of it; of a dated edition what is known of the model itself."""
        found = self.models.get(name) or self.models.get(undated(name))
        return found or ModelInfo(name=name)

    def names_of(self, provider: str) -> tuple[str, ...]:
        """The provider's own names for its models."""
        return tuple(name.partition(":")[2] for name in self.models if name.startswith(f"{provider}:"))
