"""Who a key or a login stands for at this moment, as the store has it."""

from datetime import datetime

from application.ports.storage import ReadTransaction
from domain.access import LOCAL_OWNER, CallerKind, LoginId, Principal, Scope, UserId
from domain.errors import KeyNotFound, UserNotFound
from domain.user import ApiKey, User


async def principal_of_key(tx: ReadTransaction, key: ApiKey | None, *, now: datetime) -> Principal | None:
    """None when the key is not good, or its user is not there or disabled."""
    if key is None or not key.is_good(now):
        return None
    user = await _enabled(tx, key.user_id)
    if key.user_id is not None and user is None:
        return None
    is_admin = Scope.ADMIN in key.scopes and (user.is_admin if user else key.owner == LOCAL_OWNER)
    return Principal(key.owner, CallerKind.KEY, key.scopes, key.user_id, key.id, None, is_admin)


async def principal_of_login(
    tx: ReadTransaction, user_id: UserId | None, login_id: LoginId, *, now: datetime
) -> Principal | None:
    """None when the login has ended or is another's, or its user is not there or disabled."""
    login = await tx.logins.get(login_id)
    if login is None or login.user_id != user_id or login.expires_at <= now:
        return None
    user = await _enabled(tx, user_id)
    if user is None:
        return None
    return Principal(user.owner, CallerKind.USER, user_id=user.id, login_id=login_id, is_admin=user.is_admin)


async def same_principal(tx: ReadTransaction, principal: Principal, *, now: datetime) -> Principal | None:
    """The principal as its credential has it now. None when that is good for nothing any more."""
    if principal.login_id is not None:
        return await principal_of_login(tx, principal.user_id, principal.login_id, now=now)
    if principal.key_id is None:
        return principal
    try:
        key = await tx.api_keys.get(principal.key_id, owner=principal.owner)
    except KeyNotFound:
        return None
    return await principal_of_key(tx, key, now=now)


async def _enabled(tx: ReadTransaction, id: UserId | None) -> User | None:
    try:
        user = await tx.users.get(id) if id is not None else None
    except UserNotFound:
        return None
    return user if user and user.enabled else None
