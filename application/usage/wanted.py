"""Whose usage is wanted and of which days, and whether the caller may see it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.access import KeyId, Principal, Scope, UserId, owner_of
from domain.errors import Forbidden, InvalidInput
from domain.usage import Account

DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Days are whole ones of UTC, the last one is in; without a beginning it is the DAYS before the end."""

    first: date | None = None
    last: date | None = None
    user_id: UserId | None = None
    key_id: KeyId | None = None
    everybody: bool = False

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From its beginning to just before its end. Raise InvalidInput (`from`, `to`)."""
        last = self.last or now.astimezone(UTC).date()
        if last == date.max:
            raise InvalidInput("to", "is too far away")
        try:
            first = self.first or last - timedelta(days=DAYS - 1)
        except OverflowError:
            first = date.min
        if first > last:
            raise InvalidInput("from", "must not be after `to`")
        return _midnight(first), _midnight(last + timedelta(days=1))


def account_for(principal: Principal, wanted: Wanted) -> Account:
    """Raise Forbidden when it is another's and the caller is no admin."""
    if wanted.user_id is None and not wanted.everybody:
        return Account(principal.owner, wanted.key_id)
    is_own = wanted.user_id is not None and wanted.user_id == principal.user_id
    if not is_own and not (principal.is_admin and Scope.ADMIN in principal.scopes):
        raise Forbidden("The usage of others is for admins")
    return Account(None if wanted.user_id is None else owner_of(wanted.user_id), wanted.key_id)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
