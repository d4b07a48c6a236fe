"""What a provider call cost, as the provider reported it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


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
