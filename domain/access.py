"""Who is asking, and what they may do."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

OwnerId = NewType("OwnerId", str)
UserId = NewType("UserId", int)
LoginId = NewType("LoginId", str)
KeyId = NewType("KeyId", int)

LOCAL_OWNER = OwnerId("local")
NOBODY = OwnerId("nobody")
"""Whose the numbers are of an account that was deleted."""


class Scope(StrEnum):
    """What a key may be good for. `read` looks at what its owner has; the others also change it, each in its part."""

    READ = "read"
    CHAT = "chat"
    DOCUMENTS = "documents"
    ADMIN = "admin"


EVERY_SCOPE = frozenset(Scope)


class CallerKind(StrEnum):
    """How the caller showed who it is: by a login, by a key, or by asking from this machine."""

    USER = "user"
    KEY = "key"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller, as the credential says; a `user_id` in a body is a label within `owner`, never an identity."""

    owner: OwnerId
    kind: CallerKind = CallerKind.LOCAL
    scopes: frozenset[Scope] = EVERY_SCOPE
    user_id: UserId | None = None
    key_id: KeyId | None = None
    login_id: LoginId | None = None
    is_admin: bool = False

    @property
    def name(self) -> str:
        """What records call the caller: numbers, never words that a person chose."""
        if self.key_id is not None:
            return f"{self.owner} by key {self.key_id}"
        return str(self.owner)


class Need(StrEnum):
    """What a route asks of its caller."""

    NOTHING = "nothing"
    CREDENTIAL = "credential"
    ACCOUNT = "account"
    READ = "read"
    CHAT = "chat"
    DOCUMENTS = "documents"
    ADMIN = "admin"


SCOPE_OF = {
    Need.READ: Scope.READ,
    Need.CHAT: Scope.CHAT,
    Need.DOCUMENTS: Scope.DOCUMENTS,
    Need.ADMIN: Scope.ADMIN,
}


def may(principal: Principal, need: Need, *, looks: bool = False) -> bool:
    """Whether the caller may do what needs this; `looks` says that nothing is changed and nothing is spent by it.

    An account is changed by the person themself: by a key only if it may do everything.
    """
    if need in (Need.NOTHING, Need.CREDENTIAL):
        return True
    if need is Need.ACCOUNT:
        return principal.kind is not CallerKind.KEY or principal.scopes == EVERY_SCOPE
    if need is Need.ADMIN:
        return principal.is_admin and Scope.ADMIN in principal.scopes
    return SCOPE_OF[need] in principal.scopes or (looks and Scope.READ in principal.scopes)


def owner_of(user_id: UserId) -> OwnerId:
    """The owner of all that belongs to a user; ids of users are never given twice."""
    return OwnerId(f"user_{user_id}")


def grantable(principal: Principal, scopes: Collection[Scope]) -> bool:
    """Whether a key with these scopes gives nobody more than the caller has."""
    return set(scopes) <= principal.scopes and (principal.is_admin or Scope.ADMIN not in scopes)
