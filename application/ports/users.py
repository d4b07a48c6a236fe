"""The ports of users, their logins and invitations."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import LoginId, UserId
from domain.user import Identity, Invitation, InvitationId, Login, User


@dataclass(frozen=True, slots=True)
class UserChange:
    """None leaves a field as it is."""

    password_hash: str | None = None
    is_admin: bool | None = None
    enabled: bool | None = None


class UserRepository(Protocol):
    @abstractmethod
    async def hold(self) -> int:
        """How many users there are; until the transaction ends nobody else adds one or changes whether one is admin."""

    @abstractmethod
    async def add(self, name: str, password_hash: str, *, is_admin: bool, at: datetime) -> User:
        """Store an enabled user under an id that no other had before. Raise NameTaken."""

    @abstractmethod
    async def get(self, id: UserId) -> User:
        """Raise UserNotFound."""

    @abstractmethod
    async def find(self, name: str) -> User | None:
        """The user of this name, which is as `checked_name` gives it."""

    @abstractmethod
    async def page(self, *, after: UserId | None, limit: int) -> list[User]:
        """Oldest first, only ids above `after`."""

    @abstractmethod
    async def change(self, id: UserId, change: UserChange) -> User:
        """The user as it is afterwards. Raise UserNotFound."""

    @abstractmethod
    async def delete(self, id: UserId) -> None:
        """With their logins, keys and what they have not used. Raise UserNotFound."""


class LoginRepository(Protocol):
    @abstractmethod
    async def add(self, login: Login, *, most: int) -> None:
        """Store it. What has expired goes, and so do the user's oldest beyond `most`."""

    @abstractmethod
    async def get(self, id: LoginId) -> Login | None:
        """In a transaction that changes things, nobody else rotates or ends it until that has ended."""

    @abstractmethod
    async def rotate(self, id: LoginId, *, refresh_hash: str, at: datetime) -> None:
        """From the commit on, the refresh token of this hash alone is good; `at` is kept as when that was."""

    @abstractmethod
    async def end(self, id: LoginId) -> None:
        """Nothing that came of it is good any more; one that is not there is no error."""

    @abstractmethod
    async def end_all(self, user_id: UserId, *, but: LoginId | None = None) -> None:
        """End every login of the user, but for one."""


class IdentityRepository(Protocol):
    @abstractmethod
    async def find(self, issuer: str, subject: str) -> UserId | None:
        """The user that this is."""

    @abstractmethod
    async def add(self, identity: Identity) -> None:
        """Raise NameTaken when that is somebody already. It goes with its user."""


class InvitationRepository(Protocol):
    @abstractmethod
    async def add(self, code_hash: str, *, makes_admin: bool, at: datetime, expires_at: datetime) -> Invitation:
        """Store it under a fresh id. What has expired by `at` goes."""

    @abstractmethod
    async def find(self, code_hash: str) -> Invitation | None:
        """In a transaction that changes things, nobody else uses it until that has ended."""

    @abstractmethod
    async def use(self, id: InvitationId, *, by: UserId) -> None:
        """It is good for nobody else."""

    @abstractmethod
    async def page(self, *, before: InvitationId | None, limit: int) -> list[Invitation]:
        """Newest first, only ids below `before`."""

    @abstractmethod
    async def delete(self, id: InvitationId) -> None:
        """Raise InvitationNotFound."""
