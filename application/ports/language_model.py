"""The port of every model that writes text."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from application.ports.metering import UNCLAIMED, Charge
from domain.conversation import PromptMessage
from domain.run import AnswerReset, ReasoningDelta, TextDelta
from domain.tool import JsonSchema, ToolCallDelta, ToolChoice, ToolSpec
from domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """`model` is the vendor's name for it (the router takes `provider:model`); a limit left None is the vendor's.

    `extra` are fields that some providers understand, in the vendor's own words and already checked to be harmless; a
    provider that does not know one leaves it out. `charge` says on whose account the call is; no provider sees it.
    """

    model: str
    messages: tuple[PromptMessage, ...]
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    json_schema: JsonSchema | None = None
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    charge: Charge = field(default=UNCLAIMED, compare=False)
    may_begin_anew: bool = False
    """The reader can forget: an answer that does not fit `json_schema` may be begun anew, which AnswerReset says."""


@dataclass(frozen=True, slots=True)
class ModelFinished:
    """The proof that an answer is whole: the provider's finish reason (`stop`, `length`, `tool_calls`, ...).

    `refused`: the text does not answer but says why not. `answered_by` is the full name of the model that was asked in
    the end, and `dropped` names what of the messages it could not be shown; both are the router's to say.
    """

    reason: str
    model: str
    usage: Usage | None = None
    refused: bool = False
    answered_by: str | None = None
    dropped: tuple[str, ...] = ()


ModelEvent = TextDelta | ReasoningDelta | ToolCallDelta | AnswerReset | ModelFinished


class LanguageModel(Protocol):
    """Writes an answer."""

    @abstractmethod
    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        """Yield the answer in batches: what arrived together, never waiting for more, never an empty list.

        A call of a tool comes in pieces (ToolCallDelta): the calls are numbered from 0 as they begin, the first piece
        of each has its id, which no other has, and its name, and the arguments of all are to be joined.

        A thought that the provider wants back ends in a ReasoningDelta with its state, and so may a piece of a call
        have one. AnswerReset (without parts) says that what this call said so far does not count; it comes only when
        the request says `may_begin_anew`.

        The last event of the last batch of a whole answer is ModelFinished, and there is only one. A stream that
        ends without it was cut: the caller must treat the answer as incomplete.

        Raises ProviderFailure from any step of the iteration, translated from the vendor's own errors. A call is
        tried again only before the first batch. Closing the generator, or cancelling the task that iterates, closes
        the provider's connection before it returns; iterate inside `aclosing`.
        """

    @abstractmethod
    def models(self) -> tuple[str, ...]:
        """The names that `stream` takes for sure, as `provider:model`; others may work too."""
