"""The use cases of users, logins and keys, put together: one group, so that the container stays short."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from application.access.admission import Admission
from application.access.authenticate import Authenticate
from application.access.begin_sign_in import BeginSignIn
from application.access.change_password import ChangePassword
from application.access.change_user import ChangeUser
from application.access.check_signing_secret import CheckSigningSecret
from application.access.create_api_key import CreateApiKey
from application.access.credentials import Credentials
from application.access.delete_account import DeleteAccount, Settle
from application.access.delete_invitation import DeleteInvitation
from application.access.end_session import EndSession
from application.access.export_account import ExportAccount
from application.access.finish_sign_in import FinishSignIn
from application.access.get_account import GetAccount
from application.access.has_users import HasUsers
from application.access.invite_user import InviteUser
from application.access.known_person import SignInRules
from application.access.list_api_keys import ListApiKeys
from application.access.list_audit import ListAudit
from application.access.list_invitations import ListInvitations
from application.access.list_users import ListUsers
from application.access.log_in import LogIn
from application.access.log_out import LogOut
from application.access.login_throttle import LoginThrottle
from application.access.login_tokens import LoginTokens
from application.access.record_audit import RecordAudit
from application.access.refresh_login import RefreshLogin
from application.access.register_user import RegisterUser
from application.access.revoke_api_key import RevokeApiKey
from application.access.secret_hash import secret_hash
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Now
from application.ports.identity_provider import IdentityProvider
from application.ports.limit_counters import LimitCounters
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from application.runs.list_runs_in_flight import ListRunsInFlight
from domain.user import Registration
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessServices:
    authenticate: Authenticate
    credentials: Credentials
    register: RegisterUser
    log_in: LogIn
    refresh: RefreshLogin
    log_out: LogOut
    end_session: EndSession
    has_users: HasUsers
    check_signing_secret: CheckSigningSecret
    setup_code: str
    """Makes the first user, wherever they are; the same on every replica, and after a restart."""
    begin_sign_in: BeginSignIn | None
    finish_sign_in: FinishSignIn | None
    get_account: GetAccount
    change_password: ChangePassword
    export_account: ExportAccount
    delete_account: DeleteAccount
    create_key: CreateApiKey
    list_keys: ListApiKeys
    revoke_key: RevokeApiKey
    list_users: ListUsers
    change_user: ChangeUser
    invite: InviteUser
    list_invitations: ListInvitations
    delete_invitation: DeleteInvitation
    list_audit: ListAudit
    list_runs: ListRunsInFlight
    record_audit: RecordAudit


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def access_services(
    settings: Settings,
    begin: BeginTransaction,
    read: BeginRead,
    now: Now,
    passwords: Passwords,
    tokens: AccessTokens,
    identity_provider: IdentityProvider | None,
    settle: Settle,
    counters: LimitCounters,
) -> AccessServices:
    credentials, throttle = Credentials(now), LoginThrottle(now, counters)
    registration = Registration(settings.registration)
    login_tokens = LoginTokens(
        tokens=tokens,
        new_secret=new_secret,
        now=now,
        access_seconds=settings.access_token_seconds,
        login_seconds=settings.login_seconds,
    )
    setup_code = f"setup_{tokens.successor('the first user')}"
    admission = Admission(
        now=now,
        registration=registration,
        setup_hash=secret_hash(setup_code),
        has_operator=settings.api_key is not None,
    )
    store = {"begin": begin, "read": read}
    slow = {"passwords": passwords, "throttle": throttle}
    return AccessServices(
        authenticate=Authenticate(
            read=read, tokens=tokens, credentials=credentials, now=now, server_key_digest=settings.api_key_digest
        ),
        credentials=credentials,
        register=RegisterUser(**store, **slow, now=now, admission=admission),  # type: ignore[arg-type]
        log_in=LogIn(**store, **slow, tokens=login_tokens),  # type: ignore[arg-type]
        refresh=RefreshLogin(begin=begin, tokens=login_tokens, credentials=credentials, now=now),
        log_out=LogOut(begin=begin, credentials=credentials),
        end_session=EndSession(begin=begin, tokens=login_tokens, credentials=credentials),
        has_users=HasUsers(read=read),
        check_signing_secret=CheckSigningSecret(begin=begin),
        setup_code=setup_code,
        **_sign_in(settings, identity_provider, begin, now, login_tokens, credentials, admission),
        get_account=GetAccount(read=read),
        change_password=ChangePassword(**store, **slow, credentials=credentials),  # type: ignore[arg-type]
        export_account=ExportAccount(read=read, settle=settle),
        delete_account=DeleteAccount(**store, **slow, credentials=credentials, settle=settle),  # type: ignore[arg-type]
        create_key=CreateApiKey(begin=begin, new_secret=new_secret, now=now),
        list_keys=ListApiKeys(read=read),
        revoke_key=RevokeApiKey(begin=begin, credentials=credentials, now=now),
        list_users=ListUsers(read=read),
        change_user=ChangeUser(begin=begin, read=read, passwords=passwords, credentials=credentials),
        invite=InviteUser(begin=begin, new_secret=new_secret, now=now, registration=_invites(settings)),
        list_invitations=ListInvitations(read=read),
        delete_invitation=DeleteInvitation(begin=begin),
        list_audit=ListAudit(read=read),
        list_runs=ListRunsInFlight(read=read),
        record_audit=RecordAudit(begin=begin, now=now, kept_seconds=settings.audit_days * 86_400),
    )


def _invites(settings: Settings) -> Registration:
    """Whether invitations are of use, in whichever way."""
    ways = {settings.registration, settings.oidc_registration or settings.registration}
    return Registration.CLOSED if ways == {"closed"} else Registration.INVITED


def _sign_in(
    settings: Settings,
    provider: IdentityProvider | None,
    begin: BeginTransaction,
    now: Now,
    tokens: LoginTokens,
    credentials: Credentials,
    admission: Admission,
) -> dict[str, Any]:
    """Signing in with a provider of OpenID Connect, where there is one."""
    if provider is None:
        return {"begin_sign_in": None, "finish_sign_in": None}
    own = replace(admission, registration=Registration(settings.oidc_registration or settings.registration))
    rules = SignInRules(now=now, admission=own, links_by_email=settings.oidc_link_by_email)
    finish = FinishSignIn(begin=begin, provider=provider, rules=rules, tokens=tokens, credentials=credentials)
    return {"begin_sign_in": BeginSignIn(provider=provider, new_secret=new_secret), "finish_sign_in": finish}
