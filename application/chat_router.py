"""Who answers a chat completion: the provider in its own words, or a model in neutral ones."""

from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from application.fallback_model import RETRYABLE
from application.ports.language_model import ModelRequest
from application.ports.metering import UNCLAIMED, Charge
from application.provider_names import resolved
from application.usage.metered_relay import MeteredRelay
from domain.catalogue import Catalogue
from domain.errors import InvalidInput, ProviderFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCall:
    """A checked chat completion, as it came (`body`) and for a model that knows nothing of OpenAI's words.

    `neutral` raises InvalidInput, naming what only a relay could hand on.
    """

    model: str
    body: Mapping[str, Any]
    neutral: Callable[[], ModelRequest]
    charge: Charge = UNCLAIMED


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRouter:
    """`relays` are those of the `providers` that speak OpenAI's chat completions themselves."""

    relays: Mapping[str, MeteredRelay]
    providers: Container[str]
    default_model: str
    catalogue: Catalogue = field(default_factory=Catalogue)
    fallbacks: tuple[str, ...] = ()

    def relay_for(self, call: ChatCall) -> tuple[MeteredRelay | None, str]:
        """The relay, if there is one, and the vendor's name for the model.

        None for a call with what the model is known not to have: in neutral words it can be met half-way.
        """
        provider, name = resolved(call.model, self.providers, self.default_model)
        info = self.catalogue.model(f"{provider}:{name}")
        is_beyond_it = (info.json_schema is False and call.body.get("response_format")) or (
            info.tools is False and call.body.get("tools")
        )
        return None if is_beyond_it else self.relays.get(provider), name

    def instead(self, call: ChatCall, failure: ProviderFailure) -> ModelRequest:
        """The call for the first fallback, or the failure again where there is none that could take it."""
        if self.fallbacks and isinstance(failure, RETRYABLE):
            with suppress(InvalidInput):
                return replace(call.neutral(), model=self.fallbacks[0], charge=call.charge)
        raise failure
