"""What a provider call cost, as the provider reported it, and the ledger's record of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.access import KeyId, OwnerId, UserId


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one provider call; `raw` is the provider's own record, kept for the ledger.

    Of the input, `cached_tokens` were read from the provider's cache and `cache_write_tokens` put there; of the output,
    `reasoning_tokens` were thought. 0 where the provider does not say.
    """

    input_tokens: int
    output_tokens: int
    raw: dict[str, Any] = field(default_factory=dict, compare=False)
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens


CHARACTERS_PER_TOKEN = 4


def estimated_count(characters: int) -> int:
    """Tokens, where nobody has counted them."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def total_usage(usages: Sequence[Usage]) -> Usage | None:
    """Of several calls together; None when no provider reported any. `raw` has each report, in `calls`."""
    if len(usages) < 2:
        return usages[0] if usages else None
    return Usage(
        sum(usage.input_tokens for usage in usages),
        sum(usage.output_tokens for usage in usages),
        {"calls": [usage.raw for usage in usages]},
        sum(usage.cached_tokens for usage in usages),
        sum(usage.cache_write_tokens for usage in usages),
        sum(usage.reasoning_tokens for usage in usages),
    )


class Purpose(StrEnum):
    """What a provider was called for."""

    REPLY = "reply"
    AGENT_STEP = "agent_step"
    WORKFLOW_STEP = "workflow_step"
    TITLE = "title"
    COMPLETION = "completion"
    COMPACTION = "compaction"
    REWRITE = "rewrite"
    EMBEDDING = "embedding"
    SEARCH = "search"


class CallOutcome(StrEnum):
    """How a call ended: with its proof, with a failure, because nobody wanted it any more, or with its worker."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Cost:
    """Money as a whole number of billionths, so that sums are exact, and the version of the price that it comes of."""

    nanos: int
    currency: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One call of a provider. `asked` is the model that was asked for, `model` the `provider:model` that was called.

    `estimated` says that the provider reported nothing, so that the tokens are counted from what was sent and heard.
    `cost` is None where nobody knows the price. Of whom the account was deleted, the entry is nobody's.
    """

    owner: OwnerId
    asked: str
    model: str
    purpose: Purpose
    usage: Usage
    at: datetime
    outcome: CallOutcome = CallOutcome.COMPLETED
    estimated: bool = False
    cost: Cost | None = None
    user_id: UserId | None = None
    key_id: KeyId | None = None
    run_id: int | None = None
    id: int | None = None

    @property
    def spending(self) -> "Spending":
        """What it adds to a sum."""
        return Spending(
            calls=1,
            input_tokens=self.usage.input_tokens,
            cached_tokens=self.usage.cached_tokens,
            cache_write_tokens=self.usage.cache_write_tokens,
            output_tokens=self.usage.output_tokens,
            reasoning_tokens=self.usage.reasoning_tokens,
            estimated=int(self.estimated),
            unpriced=int(self.cost is None),
            nanos={self.cost.currency: self.cost.nanos} if self.cost else {},
        )


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calls are meant: those that fit all that is said. Everybody's when nothing is; a user's by its owner."""

    owner: OwnerId | None = None
    key_id: KeyId | None = None


EVERYBODY = Account()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What calls add up to. `nanos` are billionths by currency; `unpriced` calls have no price and are not in them."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: int = 0
    unpriced: int = 0
    nanos: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Spending") -> "Spending":
        counts = {name: getattr(self, name) + getattr(other, name) for name in SPENDING_COUNTS}
        nanos = Counter(self.nanos)
        nanos.update(other.nanos)
        return Spending(**counts, nanos=dict(nanos))


SPENDING_COUNTS = tuple(each.name for each in fields(Spending) if each.name != "nanos")
NOTHING_SPENT = Spending()


class GroupBy(StrEnum):
    """What spending is told apart by; a day is one of UTC."""

    DAY = "day"
    MODEL = "model"
    USER = "user"
    KEY = "key"
