"""Users, their logins and invitations in memory."""

from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.access_tables import AccessDraft
from application.ports.users import (
    IdentityRepository,
    InvitationRepository,
    LoginRepository,
    UserChange,
    UserRepository,
)
from domain.access import LoginId, UserId
from domain.errors import InvitationNotFound, NameTaken, UserNotFound
from domain.user import Identity, Invitation, InvitationId, Login, User


@dataclass(frozen=True, slots=True)
class MemoryUsers(UserRepository):
    draft: AccessDraft

    async def hold(self) -> int:
        return len(self.draft.rows.users)

    async def add(self, name: str, password_hash: str, *, is_admin: bool, at: datetime) -> User:
        if await self.find(name):
            raise NameTaken
        id = UserId(next(self.draft.rows.ids))
        user = User(id=id, name=name, password_hash=password_hash, is_admin=is_admin, enabled=True, created_at=at)
        self.draft.rows.users[id] = user
        return user

    async def get(self, id: UserId) -> User:
        if id not in self.draft.rows.users:
            raise UserNotFound(id)
        return self.draft.rows.users[id]

    async def find(self, name: str) -> User | None:
        return next((user for user in self.draft.rows.users.values() if user.name == name), None)

    async def page(self, *, after: UserId | None, limit: int) -> list[User]:
        users = self.draft.rows.users
        return [users[id] for id in sorted(users) if id > (after or 0)][:limit]

    async def change(self, id: UserId, change: UserChange) -> User:
        before = await self.get(id)
        after = replace(
            before,
            password_hash=before.password_hash if change.password_hash is None else change.password_hash,
            is_admin=before.is_admin if change.is_admin is None else change.is_admin,
            enabled=before.enabled if change.enabled is None else change.enabled,
        )
        self.draft.rows.users[id] = after
        return after

    async def delete(self, id: UserId) -> None:
        await self.get(id)
        self.draft.forget_user(id)


@dataclass(frozen=True, slots=True)
class MemoryLogins(LoginRepository):
    draft: AccessDraft

    async def add(self, login: Login, *, most: int) -> None:
        logins = self.draft.rows.logins
        logins[login.id] = login
        of_user = [each for each in logins.values() if each.user_id == login.user_id]
        for each in [each for each in of_user if each.expires_at <= login.created_at]:
            del logins[each.id]
        newest_first = sorted(of_user, key=lambda each: (each.created_at, each.id), reverse=True)
        for each in newest_first[most:]:
            logins.pop(each.id, None)

    async def get(self, id: LoginId) -> Login | None:
        return self.draft.rows.logins.get(id)

    async def rotate(self, id: LoginId, *, refresh_hash: str, at: datetime) -> None:
        if login := self.draft.rows.logins.get(id):
            self.draft.rows.logins[id] = replace(login, refresh_hash=refresh_hash, rotated_at=at)

    async def end(self, id: LoginId) -> None:
        self.draft.rows.logins.pop(id, None)

    async def end_all(self, user_id: UserId, *, but: LoginId | None = None) -> None:
        for login in list(self.draft.rows.logins.values()):
            if login.user_id == user_id and login.id != but:
                del self.draft.rows.logins[login.id]


@dataclass(frozen=True, slots=True)
class MemoryIdentities(IdentityRepository):
    draft: AccessDraft

    async def find(self, issuer: str, subject: str) -> UserId | None:
        found = self.draft.rows.identities.get((issuer, subject))
        return found.user_id if found else None

    async def add(self, identity: Identity) -> None:
        name = (identity.issuer, identity.subject)
        if name in self.draft.rows.identities:
            raise NameTaken
        self.draft.rows.identities[name] = identity


@dataclass(frozen=True, slots=True)
class MemoryInvitations(InvitationRepository):
    draft: AccessDraft

    async def add(self, code_hash: str, *, makes_admin: bool, at: datetime, expires_at: datetime) -> Invitation:
        invitations = self.draft.rows.invitations
        for old in [each for each in invitations.values() if each.expires_at <= at and each.used_by is None]:
            del invitations[old.id]
        id = InvitationId(next(self.draft.rows.ids))
        invitations[id] = Invitation(
            id=id, code_hash=code_hash, makes_admin=makes_admin, created_at=at, expires_at=expires_at
        )
        return invitations[id]

    async def find(self, code_hash: str) -> Invitation | None:
        return next((each for each in self.draft.rows.invitations.values() if each.code_hash == code_hash), None)

    async def use(self, id: InvitationId, *, by: UserId) -> None:
        self.draft.rows.invitations[id] = replace(self.draft.rows.invitations[id], used_by=by)

    async def page(self, *, before: InvitationId | None, limit: int) -> list[Invitation]:
        invitations = self.draft.rows.invitations
        return [invitations[id] for id in sorted(invitations, reverse=True) if before is None or id < before][:limit]

    async def delete(self, id: InvitationId) -> None:
        if self.draft.rows.invitations.pop(id, None) is None:
            raise InvitationNotFound(id)
