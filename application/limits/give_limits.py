"""Give a user or a key limits of its own, or take them away."""

from dataclasses import dataclass

from application.limits.limit_book import LimitBook
from application.ports.own_limits import OwnLimits
from domain.access import KeyId, UserId
from domain.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveLimits:
    """Other processes see it within half a minute."""

    own: OwnLimits
    book: LimitBook

    async def __call__(
        self, limits: Limits | None, *, user_id: UserId | None = None, key_id: KeyId | None = None
    ) -> None:
        """What they say nothing of is as the server has it; None takes them away. Raise UserNotFound or KeyNotFound."""
        if user_id is not None:
            await self.own.give_user(user_id, limits)
        if key_id is not None:
            await self.own.give_key(key_id, limits)
        self.book.forget()
