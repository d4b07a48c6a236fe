"""The use cases of users, logins and keys, put together: one group, so that the container stays short."""

import secrets
from dataclasses import dataclass

from application.access.authenticate import Authenticate
from application.access.change_password import ChangePassword
from application.access.change_user import ChangeUser
from application.access.create_api_key import CreateApiKey
from application.access.credentials import Credentials
from application.access.delete_account import DeleteAccount
from application.access.delete_invitation import DeleteInvitation
from application.access.end_session import EndSession
from application.access.export_account import ExportAccount
from application.access.get_account import GetAccount
from application.access.has_users import HasUsers
from application.access.invite_user import InviteUser
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
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Now
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
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
) -> AccessServices:
    credentials, throttle = Credentials(now), LoginThrottle(now)
    registration = Registration(settings.registration)
    login_tokens = LoginTokens(
        tokens=tokens,
        new_secret=new_secret,
        now=now,
        access_seconds=settings.access_token_seconds,
        login_seconds=settings.login_seconds,
    )
    store = {"begin": begin, "read": read}
    slow = {"passwords": passwords, "throttle": throttle}
    return AccessServices(
        authenticate=Authenticate(
            read=read, tokens=tokens, credentials=credentials, now=now, server_key_digest=settings.api_key_digest
        ),
        credentials=credentials,
        register=RegisterUser(**store, **slow, now=now, registration=registration),  # type: ignore[arg-type]
        log_in=LogIn(**store, **slow, tokens=login_tokens),  # type: ignore[arg-type]
        refresh=RefreshLogin(begin=begin, tokens=login_tokens, credentials=credentials, now=now),
        log_out=LogOut(begin=begin, credentials=credentials),
        end_session=EndSession(begin=begin, tokens=login_tokens, credentials=credentials),
        has_users=HasUsers(read=read),
        get_account=GetAccount(read=read),
        change_password=ChangePassword(**store, **slow, credentials=credentials),  # type: ignore[arg-type]
        export_account=ExportAccount(read=read),
        delete_account=DeleteAccount(**store, **slow, credentials=credentials),  # type: ignore[arg-type]
        create_key=CreateApiKey(begin=begin, new_secret=new_secret, now=now),
        list_keys=ListApiKeys(read=read),
        revoke_key=RevokeApiKey(begin=begin, credentials=credentials, now=now),
        list_users=ListUsers(read=read),
        change_user=ChangeUser(begin=begin, read=read, passwords=passwords, credentials=credentials),
        invite=InviteUser(begin=begin, new_secret=new_secret, now=now, registration=registration),
        list_invitations=ListInvitations(read=read),
        delete_invitation=DeleteInvitation(begin=begin),
        list_audit=ListAudit(read=read),
        record_audit=RecordAudit(begin=begin, now=now, kept_seconds=settings.audit_days * 86_400),
    )
