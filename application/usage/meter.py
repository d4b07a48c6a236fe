"""What every call of a provider has around it: whatever comes of the call, it becomes an entry of the ledger."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import TracebackType

from application.circuit_breaker import ProviderNotAsked
from application.limits.spender import now_spending
from application.ports.clock import Now
from application.ports.language_model import ModelEvent, ModelFinished
from application.ports.metering import Charge, Keep
from domain.access import NOBODY
from domain.errors import (
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderUnavailable,
    Refusal,
)
from domain.price import PriceList
from domain.run import AnswerReset
from domain.tool import ToolCallDelta
from domain.usage import CallOutcome, LedgerEntry, Usage, estimated_count

UNANSWERED = (ProviderCredentialsRefused, ProviderOverloaded, ProviderRejectedRequest, ProviderUnavailable)
"""Failures of which a provider takes no money when they come before its first words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """`keep` takes the entries of calls that are no run's, unless `admit` raises StorageUnavailable: too many wait."""

    prices: PriceList
    now: Now
    keep: Keep
    admit: Callable[[], None]

    def call(self, charge: Charge, model: str, input_tokens: Callable[[], int]) -> "MeteredCall":
        """Around one call of `provider:model`; what was sent is counted only if the provider does not do it."""
        if charge.keep is None:
            self.admit()
        return MeteredCall(self, _named(charge), model, input_tokens)


class MeteredCall:
    """`with` this around a call; tell it what is heard. However the block is left, the call is in the ledger."""

    __slots__ = ("_charge", "_input_tokens", "_meter", "_model", "_proof", "characters", "heard_any", "usage")

    def __init__(self, meter: Meter, charge: Charge, model: str, input_tokens: Callable[[], int]) -> None:
        self._meter, self._charge, self._model, self._input_tokens = meter, charge, model, input_tokens
        self._proof = False
        self.heard_any = False
        self.characters = 0
        self.usage: Usage | None = None

    def hear(self, batch: Iterable[ModelEvent]) -> None:
        self.heard_any = True
        for event in batch:
            if isinstance(event, ModelFinished):
                self.finish(event.usage)
            elif isinstance(event, ToolCallDelta):
                self.characters += len(event.name) + len(event.arguments)
            elif not isinstance(event, AnswerReset):
                self.characters += len(event.text)

    def finish(self, usage: Usage | None) -> None:
        """The provider has said that its answer is whole, and what it used, or nothing of that."""
        self.heard_any = self._proof = True
        self.usage = usage

    def __enter__(self) -> "MeteredCall":
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._was_refused_here(error):
            return
        usage = self.usage or self._estimate(error)
        charge = self._charge
        entry = LedgerEntry(
            owner=charge.owner,
            asked=charge.asked or self._model,
            model=self._model,
            purpose=charge.purpose,
            usage=usage,
            at=self._meter.now(),
            outcome=self._outcome(error),
            estimated=self.usage is None and not self._is_free(error),
            cost=self._meter.prices.cost_of(usage, model=self._model),
            user_id=charge.user_id,
            key_id=charge.key_id,
            run_id=charge.run_id,
        )
        (charge.keep or self._meter.keep)(entry)

    def _was_refused_here(self, error: BaseException | None) -> bool:
        """A provider that has a pause is not asked, nor for somebody who has reached a limit."""
        is_ours = isinstance(error, Refusal) and not isinstance(error, ProviderFailure)
        return not self.heard_any and (is_ours or isinstance(error, ProviderNotAsked))

    def _outcome(self, error: BaseException | None) -> CallOutcome:
        if self._proof:
            return CallOutcome.COMPLETED  # whatever became of the reader afterwards
        has_left = isinstance(error, (asyncio.CancelledError, GeneratorExit))
        return CallOutcome.CANCELLED if has_left else CallOutcome.FAILED

    def _is_free(self, error: BaseException | None) -> bool:
        return not self.heard_any and isinstance(error, UNANSWERED)

    def _estimate(self, error: BaseException | None) -> Usage:
        if self._is_free(error):
            return Usage(0, 0)
        return Usage(self._input_tokens(), estimated_count(self.characters))


def _named(charge: Charge) -> Charge:
    """The charge as it is, or with what the task knows of who asks, where nobody has said it."""
    spender = now_spending()
    if spender is None or charge.owner not in (NOBODY, spender.owner) or charge.user_id or charge.key_id:
        return charge
    return replace(charge, owner=spender.owner, user_id=spender.user_id, key_id=spender.key_id)
