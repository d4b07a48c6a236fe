"""Users, logins, keys, invitations and the audit log that are committed, and what one transaction sees of them."""

from dataclasses import dataclass, field, fields, replace
from itertools import count
from typing import Any

from domain.access import KeyId, LoginId, UserId
from domain.user import ApiKey, AuditEntry, AuditId, Identity, Invitation, InvitationId, Login, User


@dataclass(slots=True)
class AccessTables:
    """The committed rows, which have no part that could be changed in place."""

    users: dict[UserId, User] = field(default_factory=dict)
    logins: dict[LoginId, Login] = field(default_factory=dict)
    api_keys: dict[KeyId, ApiKey] = field(default_factory=dict)
    invitations: dict[InvitationId, Invitation] = field(default_factory=dict)
    identities: dict[tuple[str, str], Identity] = field(default_factory=dict)
    signing_secret: dict[int, str] = field(default_factory=dict)
    audit: dict[AuditId, AuditEntry] = field(default_factory=dict)
    ids: "count[int]" = field(default_factory=lambda: count(1))


TABLES = [each.name for each in fields(AccessTables) if each.name != "ids"]


class AccessDraft:
    """The rows as one transaction sees them: a copy, made when the first of them is looked at."""

    def __init__(self, tables: AccessTables) -> None:
        self._committed = tables
        self._rows: AccessTables | None = None

    @property
    def rows(self) -> AccessTables:
        if self._rows is None:
            copies: dict[str, Any] = {name: dict(getattr(self._committed, name)) for name in TABLES}
            self._rows = replace(self._committed, **copies)
        return self._rows

    def commit(self) -> None:
        """Nobody else has written meanwhile: there is one writer at a time."""
        if self._rows is not None:
            for name in TABLES:
                setattr(self._committed, name, dict(getattr(self._rows, name)))

    def forget_user(self, id: UserId) -> None:
        rows = self.rows
        del rows.users[id]
        rows.logins = {key: login for key, login in rows.logins.items() if login.user_id != id}
        rows.api_keys = {key: kept for key, kept in rows.api_keys.items() if kept.user_id != id}
        rows.identities = {key: each for key, each in rows.identities.items() if each.user_id != id}
        rows.invitations = {key: each for key, each in rows.invitations.items() if each.used_by != id}
