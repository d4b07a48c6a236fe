"""The wire shapes of users, logins, keys and the audit log."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StrictBool, StrictStr

from application.access.login_tokens import TokenPair
from domain.access import Principal, Scope
from domain.run import Run
from domain.user import KEY_NAME_CHARACTERS, ApiKey, AuditEntry, Invitation, User
from entrypoints.http.limit_schemas import LimitsBody
from entrypoints.http.moments import Moment
from entrypoints.http.schemas import Body, Out, body_example

Name = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Password = Annotated[SecretStr, Field(max_length=1000)]
WEEK = 7 * 86_400


class RegisterBody(Body):
    model_config = body_example({"username": "ann", "password": "three cats on a wall"})

    username: Name
    password: Password
    invitation: Annotated[StrictStr, Field(max_length=200)] | None = None


class RefreshBody(Body):
    model_config = body_example({"refresh_token": "rt_..."})

    refresh_token: Annotated[StrictStr, Field(max_length=1000)]


class SessionBody(Body):
    model_config = body_example({"username": "ann", "password": "three cats on a wall"})

    username: Name
    password: Password


class AccessTokenOut(Out):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # what kind it is
    expires_in: Annotated[int, Field(description="seconds")]

    @classmethod
    def of(cls, pair: TokenPair) -> "AccessTokenOut":
        return cls(access_token=pair.access_token, expires_in=pair.expires_in_seconds)


class OidcBody(Body):
    model_config = body_example({})

    invitation: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None


class OidcUrlOut(Out):
    url: str


class OidcOut(Out):
    label: str


class MethodsOut(Out):
    """`login`: whether anybody has to sign in. `setup`: nobody is registered yet. `oidc`: what its button says."""

    login: bool
    setup: bool
    registration: Literal["open", "invited", "closed"]
    oidc: OidcOut | None


class TokensOut(Out):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # what kind it is
    expires_in: Annotated[int, Field(description="seconds")]
    refresh_token: Annotated[str, Field(description="good once; used twice it ends the login")]

    @classmethod
    def of(cls, pair: TokenPair) -> "TokensOut":
        return cls(access_token=pair.access_token, expires_in=pair.expires_in_seconds, refresh_token=pair.refresh_token)


class UserOut(Out):
    id: int
    username: str
    is_admin: bool
    enabled: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserOut":
        return cls(
            id=user.id,
            username=user.name,
            is_admin=user.is_admin,
            enabled=user.enabled,
            created_at=user.created_at,
        )


class MeOut(Out):
    """`owner` is whose everything is that you make; `kind` how you have shown who you are."""

    owner: str
    kind: Literal["user", "key", "local"]
    scopes: list[Scope]
    is_admin: bool
    user: UserOut | None
    key_id: int | None

    @classmethod
    def of(cls, principal: Principal, user: User | None) -> "MeOut":
        return cls(
            owner=principal.owner,
            kind=principal.kind.value,
            scopes=sorted(principal.scopes),
            is_admin=principal.is_admin,
            user=UserOut.of(user) if user else None,
            key_id=principal.key_id,
        )


class PasswordBody(Body):
    model_config = body_example({"current_password": "three cats on a wall", "new_password": "four dogs in a boat"})

    current_password: Password
    new_password: Password


class DeleteMeBody(Body):
    """`confirm` is your name, or `local` for the local owner."""

    model_config = body_example({"confirm": "ann", "password": "three cats on a wall"})

    confirm: Annotated[StrictStr, Field(max_length=200)]
    password: Password | None = None


class NewKeyBody(Body):
    model_config = body_example({"name": "my laptop", "scopes": ["read", "chat"]})

    name: Annotated[StrictStr, Field(min_length=1, max_length=KEY_NAME_CHARACTERS)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        default=[Scope.READ, Scope.CHAT, Scope.DOCUMENTS]
    )
    expires_at: Moment | None = None
    limits: LimitsBody | None = None


class KeyOut(Out):
    id: int
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=sorted(key.scopes),
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
        )


class NewKeyOut(KeyOut):
    key: Annotated[str, Field(description="the secret, which is shown this once")]


class UserChangeBody(Body):
    model_config = body_example({"enabled": False})

    enabled: StrictBool | None = None
    is_admin: StrictBool | None = None
    password: Password | None = None


class InvitationBody(Body):
    model_config = body_example({"is_admin": False})

    is_admin: StrictBool = False
    expires_in_seconds: Annotated[int, Field(ge=60, le=90 * 86_400)] = WEEK


class InvitationOut(Out):
    id: int
    is_admin: bool
    created_at: datetime
    expires_at: datetime
    used_by: int | None

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        return cls(
            id=invitation.id,
            is_admin=invitation.makes_admin,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            used_by=invitation.used_by,
        )


class NewInvitationOut(InvitationOut):
    invitation: Annotated[str, Field(description="the code, which is shown this once")]


class AuditOut(Out):
    id: int
    at: datetime
    who: str
    action: str
    target: str
    address: str
    outcome: str

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditOut":
        return cls(
            id=entry.id or 0,
            at=entry.at,
            who=entry.who,
            action=entry.action,
            target=entry.target,
            address=entry.address,
            outcome=entry.outcome,
        )


class RunInFlightOut(Out):
    id: int
    kind: str
    status: str
    owner: str
    model: str
    created_at: datetime
    attempts: int = Field(description="how often it was begun")

    @classmethod
    def of(cls, run: Run) -> "RunInFlightOut":
        return cls(
            id=run.id,
            kind=run.kind,
            status=run.status,
            owner=run.owner,
            model=run.model,
            created_at=run.created_at,
            attempts=run.attempts,
        )
