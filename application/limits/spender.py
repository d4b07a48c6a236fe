"""On whose account work is done. It goes with the task, as a deadline would, into every task that is begun in it: ten
use cases between a request and its calls of models have no business with it."""

from contextvars import ContextVar
from dataclasses import dataclass

from domain.access import KeyId, OwnerId, Principal, UserId
from domain.run import Run


@dataclass(frozen=True, slots=True)
class Spender:
    owner: OwnerId
    user_id: UserId | None = None
    key_id: KeyId | None = None


_now_spending: ContextVar[Spender | None] = ContextVar("spender", default=None)


def spender_of(principal: Principal) -> Spender:
    return Spender(principal.owner, principal.user_id, principal.key_id)


def spend_as(spender: Spender) -> None:
    """From now on this task, and what it begins, spends on this account."""
    _now_spending.set(spender)


def spend_for(run: Run) -> None:
    """As `spend_as`, for whoever asked for the run, in whichever process it is gone on with."""
    _now_spending.set(Spender(run.owner, run.user_id, run.key_id))


def now_spending() -> Spender | None:
    """None for what the server does on nobody's account."""
    return _now_spending.get()
