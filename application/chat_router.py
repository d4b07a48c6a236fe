"""Who answers a chat completion: the provider in its own words, or a model in neutral ones."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from application.ports.chat_relay import ChatRelay
from application.ports.language_model import ModelRequest
from application.provider_names import resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCall:
    """A checked chat completion, as it came (`body`) and for a model that knows nothing of OpenAI's words.

    `neutral` raises InvalidInput, naming what only a relay could hand on.
    """

    model: str
    body: Mapping[str, Any]
    neutral: Callable[[], ModelRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRouter:
    """`relays` are those of the `providers` that speak OpenAI's chat completions themselves."""

    relays: Mapping[str, ChatRelay]
    providers: Container[str]
    default_model: str

    def relay_for(self, model: str) -> tuple[ChatRelay | None, str]:
        """The relay, if there is one, and the vendor's name for the model."""
        provider, name = resolved(model, self.providers, self.default_model)
        return self.relays.get(provider), name
