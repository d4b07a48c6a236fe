"""Stop asking a provider that is down, and try now and then whether it is back."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from application.ports.chat_relay import ChatRelay, RelayNotes
from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from domain.circuit import Circuit, CircuitRules, CircuitState
from domain.errors import ProviderFailure, ProviderTimedOut, ProviderUnavailable

FAULTS = (ProviderUnavailable, ProviderTimedOut)
"""What counts against a provider. A limit on requests does not, and what a caller did wrong never does."""


class ProviderNotAsked(ProviderUnavailable):
    """The provider has a pause: the call was never made."""


@dataclass(slots=True, eq=False)
class CircuitBreaker:
    """One provider's, whichever way it is called. `clock` gives seconds and only goes forward."""

    provider: str
    rules: CircuitRules
    clock: Callable[[], float]
    circuit: Circuit = field(default_factory=Circuit)

    @property
    def state(self) -> CircuitState:
        return self.circuit.state(self.clock())

    @contextmanager
    def call(self) -> Iterator[Callable[[], None]]:
        """Around one call; what is given is to be called whenever the provider has said something.

        Raise ProviderUnavailable when the provider is not to be asked now.
        """
        call = _Call(self, was_probe=self._enter())
        try:
            yield call.answered
        except FAULTS:
            self.circuit = self.circuit.after_fault(self.rules, self.clock(), was_probe=call.was_probe)
            raise
        except ProviderFailure:
            call.answered()
            raise
        except BaseException:  # the caller left, or something of ours broke
            self.circuit = self.circuit.after_nothing(was_probe=call.was_probe)
            raise
        self.circuit = self.circuit.after_success(was_probe=call.was_probe)

    def _enter(self) -> bool:
        """Is this call a probe?"""
        now, before = self.clock(), self.circuit
        entered = before.entered(now)
        if entered is None:
            seconds = before.wait_seconds(now)
            raise ProviderNotAsked(self.provider, "it failed many times in a row", retry_after_seconds=seconds)
        self.circuit = entered
        return entered is not before


@dataclass(slots=True)
class _Call:
    breaker: CircuitBreaker
    was_probe: bool

    def answered(self) -> None:
        """From its first words on a probe is a call like any other."""
        if self.was_probe:
            self.breaker.circuit = self.breaker.circuit.after_answer(was_probe=True)
            self.was_probe = False


@dataclass(frozen=True, slots=True)
class GuardedModel(LanguageModel):
    """A provider's models behind its breaker."""

    model: LanguageModel
    breaker: CircuitBreaker

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        with self.breaker.call() as answered:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    answered()
                    yield batch

    def models(self) -> tuple[str, ...]:
        return self.model.models()


@dataclass(frozen=True, slots=True)
class GuardedRelay(ChatRelay):
    """The same for what is handed on as it is."""

    relay: ChatRelay
    breaker: CircuitBreaker

    async def stream(
        self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None
    ) -> AsyncGenerator[bytes, None]:
        with self.breaker.call() as answered:
            async with aclosing(self.relay.stream(body, model=model, notes=notes)) as pieces:
                async for piece in pieces:
                    answered()
                    yield piece

    async def whole(self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None) -> bytes:
        with self.breaker.call():
            return await self.relay.whole(body, model=model, notes=notes)
