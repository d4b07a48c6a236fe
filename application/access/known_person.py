"""Which user somebody is whom a provider of OpenID Connect has named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from application.access.admission import Admission, admit
from application.ports.clock import Now
from application.ports.identity_provider import ProvenIdentity
from application.ports.storage import Transaction
from application.ports.users import UserChange
from domain.errors import Forbidden, InvalidInput
from domain.user import NO_PASSWORD, Identity, User, checked_name

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    """With `links_by_email`, a user whose name is an e-mail address is whom the provider verifies to have that address.

    Whoever registered under the address before may have been somebody else, so all that they got in with ends:
    password, logins and keys.
    """

    now: Now
    admission: Admission
    links_by_email: bool


async def known_person(
    tx: Transaction, rules: SignInRules, proven: ProvenIdentity, *, invitation: str | None, is_local: bool
) -> tuple[User, bool]:
    """The user, known before or registered now, and whether one was taken over. Raise Forbidden."""
    users = await tx.users.hold()
    if (id := await tx.identities.find(proven.issuer, proven.subject)) is not None:
        return _enabled(await tx.users.get(id)), False
    if linked := await _by_email(tx, rules, proven.email):
        await _take_over(tx, linked, rules.now())
        await _remember(tx, proven, linked, rules.now())
        return linked, True
    admitted = await admit(tx, rules.admission, invitation, users=users, is_local=is_local)
    user = await _add(tx, proven, is_admin=admitted.is_admin, at=rules.now())
    if admitted.invitation:
        await tx.invitations.use(admitted.invitation.id, by=user.id)
    await _remember(tx, proven, user, rules.now())
    return user, False


async def _by_email(tx: Transaction, rules: SignInRules, email: str | None) -> User | None:
    if not rules.links_by_email or email is None or (name := _plain(email)) is None:
        return None
    found = await tx.users.find(name)
    return _enabled(found) if found else None


async def _take_over(tx: Transaction, user: User, at: datetime) -> None:
    await tx.users.change(user.id, UserChange(password_hash=NO_PASSWORD))
    await tx.logins.end_all(user.id)
    before = None
    while page := await tx.api_keys.page(owner=user.owner, before=before, limit=PAGE):
        for key in page:
            await tx.api_keys.revoke(key.id, owner=user.owner, at=at)
        before = page[-1].id


async def _add(tx: Transaction, proven: ProvenIdentity, *, is_admin: bool, at: datetime) -> User:
    """Under the first of their names that nobody has: to be called like a user is not to be that user."""
    names = _names(proven)
    while await tx.users.find(name := next(names)):
        pass
    return await tx.users.add(name, NO_PASSWORD, is_admin=is_admin, at=at)


async def _remember(tx: Transaction, proven: ProvenIdentity, user: User, at: datetime) -> None:
    identity = Identity(issuer=proven.issuer, subject=proven.subject, user_id=user.id, created_at=at)
    await tx.identities.add(identity)


def _enabled(user: User) -> User:
    if not user.enabled:
        raise Forbidden("This user is disabled; ask an admin")
    return user


def _plain(name: str) -> str | None:
    try:
        return checked_name(name)
    except InvalidInput:
        return None


def _names(proven: ProvenIdentity) -> Iterator[str]:
    plain = [name for each in proven.names if (name := _plain(each)) is not None]
    yield from plain
    first = plain[0][:80] if plain else "user"
    yield from (f"{first}-{number}" for number in count(2))
