"""Users, their logins and keys, invitations, and the record of what was done."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.access import KeyId, LoginId, OwnerId, Scope, UserId, owner_of
from domain.conversation import checked_text, storable
from domain.errors import InvalidInput

InvitationId = NewType("InvitationId", int)
AuditId = NewType("AuditId", int)

NAME_CHARACTERS = 100
PASSWORD_CHARACTERS = (10, 200)
KEY_NAME_CHARACTERS = 100
NO_PASSWORD = ""
"""Instead of a hash, of a user who has none: no password is theirs."""


class Registration(StrEnum):
    """Who may register. The first user may whenever they ask from the server's own machine."""

    OPEN = "open"
    INVITED = "invited"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: UserId
    name: str
    password_hash: str = field(repr=False)
    is_admin: bool
    enabled: bool
    created_at: datetime

    @property
    def owner(self) -> OwnerId:
        return owner_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One login and the tokens that came of it, of which the newest refresh token alone is good."""

    id: LoginId
    user_id: UserId
    refresh_hash: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is at a provider of OpenID Connect: its issuer, and its lasting name for them."""

    issuer: str
    subject: str
    user_id: UserId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`prefix` is how its owner tells it from others; the secret itself is kept by nobody but them."""

    id: KeyId
    owner: OwnerId
    user_id: UserId | None
    name: str
    prefix: str
    secret_hash: str = field(repr=False)
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Good for one registration."""

    id: InvitationId
    code_hash: str = field(repr=False)
    makes_admin: bool
    created_at: datetime
    expires_at: datetime
    used_by: UserId | None = None

    def is_good(self, now: datetime) -> bool:
        return self.used_by is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which thing, when, from where, and how it went: numbers and fixed words, no text of anybody."""

    at: datetime
    who: str
    owner: OwnerId | None
    action: str
    target: str
    address: str
    outcome: str
    id: AuditId | None = None


def checked_name(name: str) -> str:
    """The name as it is kept: two that look and sound the same are the same. Raise InvalidInput naming `username`."""
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    checked_text(plain, field="username", longest=NAME_CHARACTERS)
    if not plain.isprintable():
        raise InvalidInput("username", "must have no control characters")
    return plain


def checked_password(password: str, *, name: str, field: str = "password") -> str:
    """The password as it is, or InvalidInput naming `field`, without a word of it."""
    shortest, longest = PASSWORD_CHARACTERS
    if not shortest <= len(password) <= longest:
        raise InvalidInput(field, f"must have {shortest} to {longest} characters")
    if len(set(password)) < 4 or (name in password.casefold() and len(password) < 2 * len(name)):
        raise InvalidInput(field, "is too easy to guess")
    return storable(password, field=field)
