"""The port of every model that writes text."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.conversation import PromptMessage
from domain.run import ReasoningDelta, TextDelta
from domain.usage import Usage


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A shape the answer must have; a provider that can enforces it, one that cannot is told of it."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """`model` is the vendor's name for it (the router takes `provider:model`); a limit left None is the vendor's."""

    model: str
    messages: tuple[PromptMessage, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    json_schema: JsonSchema | None = None


@dataclass(frozen=True, slots=True)
class ModelFinished:
    """The proof that an answer is whole: the provider's finish reason (`stop`, `length`, `content_filter`, ...)."""

    reason: str
    model: str
    usage: Usage | None = None


ModelEvent = TextDelta | ReasoningDelta | ModelFinished


class LanguageModel(Protocol):
    """Writes an answer."""

    @abstractmethod
    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        """Yield the answer in batches: what arrived together, never waiting for more, never an empty list.

        The last event of the last batch of a whole answer is ModelFinished, and there is only one. A stream that
        ends without it was cut: the caller must treat the answer as incomplete.

        Raises ProviderFailure from any step of the iteration, translated from the vendor's own errors. A call is
        tried again only before the first batch. Closing the generator, or cancelling the task that iterates, closes
        the provider's connection before it returns; iterate inside `aclosing`.
        """

    @abstractmethod
    def models(self) -> tuple[str, ...]:
        """The names that `stream` takes for sure, as `provider:model`; others may work too."""
