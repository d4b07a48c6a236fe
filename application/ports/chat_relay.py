"""The port of providers that speak OpenAI's chat completions themselves: requests and answers in its words pass as
they are."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.usage import Usage


@dataclass(slots=True)
class RelayNotes:
    """What is noticed of an answer while it is handed on: for the ledger, whether or not the reader asked for it.

    `characters` are those of the text so far, and of the arguments of calls.
    """

    usage: Usage | None = None
    characters: int = 0
    is_whole: bool = False


class ChatRelay(Protocol):
    """Hands on a chat completion without loss: fields that Parley does not know go both ways.

    `body` is a checked request in OpenAI's shape and `model` the vendor's name for the model, which goes in place of
    the body's. Limits, retries and failures are those of LanguageModel: ProviderFailure is raised, and cancelling
    closes the provider's connection first. `notes` are kept up to date while an answer passes; the usage that is asked
    of the provider for them reaches only a reader who asked for it too.
    """

    @abstractmethod
    def stream(
        self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events as the provider sends them: whole ones, those that arrived together in one piece.

        The last piece of a whole answer ends with `data: [DONE]`, which comes once and only after every choice has its
        finish reason. A stream that ends without that, or with an error, raises ProviderFailure from the iteration;
        what was said before is yielded first. Closing the generator closes the connection; iterate inside `aclosing`.
        """

    @abstractmethod
    async def whole(self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None) -> bytes:
        """The provider's answer to a request that is not streamed: one JSON document with at least one choice."""
