"""What a provider call cost, as the provider reported it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one provider call; `raw` is the provider's own record, kept for the ledger."""

    input_tokens: int
    output_tokens: int
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens
