"""Whose account a call of a provider is on: it goes with every request, and what the call cost goes back by it."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.access import NOBODY, KeyId, OwnerId, Principal, UserId
from domain.usage import LedgerEntry, Purpose

Keep = Callable[[LedgerEntry], None]
"""Have an entry written to the ledger; never waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """`asked` is the model by the name that the caller gave it. `keep` is given the entry when the call has ended;
    without it, the process writes the entry by itself as soon as it can."""

    owner: OwnerId
    purpose: Purpose
    user_id: UserId | None = None
    key_id: KeyId | None = None
    run_id: int | None = None
    asked: str = ""
    keep: Keep | None = None

    @classmethod
    def to(cls, principal: Principal, purpose: Purpose, *, asked: str = "") -> "Charge":
        """For a call that is no run's."""
        return cls(
            owner=principal.owner, purpose=purpose, user_id=principal.user_id, key_id=principal.key_id, asked=asked
        )


UNCLAIMED = Charge(owner=NOBODY, purpose=Purpose.REPLY)
"""A call of which nobody says for whom it is: it costs all the same, and is nobody's in the ledger."""
