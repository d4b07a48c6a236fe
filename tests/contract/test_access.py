"""Users, logins, invitations, keys and the audit log: what their ports promise, over every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from application.access.check_signing_secret import CheckSigningSecret
from application.ports.api_keys import NewApiKey
from application.ports.users import UserChange
from domain.access import KeyId, LoginId, OwnerId, Scope, UserId
from domain.errors import InvitationNotFound, KeyNotFound, NameTaken, UserNotFound
from domain.user import AuditEntry, Identity, InvitationId, Login, User
from tests.support.databases import Database

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def add_user(database: Database, name: str = "ann", *, is_admin: bool = False) -> User:
    async with database.begin() as tx:
        user = await tx.users.add(name, "a hash", is_admin=is_admin, at=AT)
        await tx.commit()
    return user


def a_login(user: User, id: str = "one", *, at: datetime = AT, lasts: timedelta = HOUR) -> Login:
    return Login(id=LoginId(id), user_id=user.id, refresh_hash=f"hash of {id}", created_at=at, expires_at=at + lasts)


def a_key(owner: str = "user_1", secret: str = "s", user_id: UserId | None = None) -> NewApiKey:
    return NewApiKey(
        owner=OwnerId(owner),
        user_id=user_id,
        name="laptop",
        prefix="pk_ab",
        secret_hash=secret,
        scopes=[Scope.READ, Scope.CHAT],
        created_at=AT,
        expires_at=AT + HOUR,
    )


async def test_a_user_is_found_by_id_and_by_name_and_no_other_has_the_name(database: Database) -> None:
    ann = await add_user(database, is_admin=True)
    with pytest.raises(NameTaken):
        await add_user(database)
    ben = await add_user(database, "ben")

    async with database.read() as tx:
        assert await tx.users.get(ann.id) == await tx.users.find("ann") == ann
        assert (ann.is_admin, ann.enabled, ann.created_at, ann.password_hash) == (True, True, AT, "a hash")
        assert await tx.users.find("Ann") is None
        assert await tx.users.page(after=None, limit=5) == [ann, ben]
        assert await tx.users.page(after=ann.id, limit=5) == [ben]
        assert await tx.users.page(after=None, limit=1) == [ann]
    async with database.begin() as tx:
        assert await tx.users.hold() == 2
    assert "a hash" not in repr(ann)


async def test_a_user_is_changed_and_what_is_not_named_stays(database: Database) -> None:
    ann = await add_user(database)
    async with database.begin() as tx:
        assert await tx.users.change(ann.id, UserChange()) == ann
        changed = await tx.users.change(ann.id, UserChange(enabled=False))
        assert (changed.enabled, changed.is_admin, changed.password_hash) == (False, False, "a hash")
        changed = await tx.users.change(ann.id, UserChange(password_hash="another", is_admin=True))
        assert (changed.enabled, changed.is_admin, changed.password_hash) == (False, True, "another")
    async with database.read() as tx:
        assert await tx.users.get(ann.id) == ann  # nothing was committed
    for missing in (UserId(999), UserId(2**70)):
        async with database.begin() as tx:
            with pytest.raises(UserNotFound):
                await tx.users.get(missing)
            with pytest.raises(UserNotFound):
                await tx.users.change(missing, UserChange(enabled=False))
            with pytest.raises(UserNotFound):
                await tx.users.delete(missing)


async def test_with_a_user_go_logins_keys_and_invitations_and_the_id_is_not_given_again(database: Database) -> None:
    ann, ben = await add_user(database), await add_user(database, "ben")
    async with database.begin() as tx:
        await tx.logins.add(a_login(ann), most=5)
        await tx.logins.add(a_login(ben, "two"), most=5)
        await tx.api_keys.add(a_key(secret="ann's", user_id=ann.id))
        await tx.api_keys.add(a_key(secret="nobody's"))
        invitation = await tx.invitations.add("code", makes_admin=False, at=AT, expires_at=AT + HOUR)
        await tx.invitations.use(invitation.id, by=ann.id)
        await tx.commit()
    async with database.begin() as tx:
        await tx.users.delete(ann.id)
        await tx.commit()

    async with database.read() as tx:
        assert await tx.users.find("ann") is None
        assert await tx.logins.get(LoginId("one")) is None
        assert await tx.logins.get(LoginId("two")) == a_login(ben, "two")
        assert await tx.api_keys.find("ann's") is None
        assert await tx.api_keys.find("nobody's") is not None
        assert await tx.invitations.find("code") is None
    assert (await add_user(database)).id not in (ann.id, ben.id)


async def test_logins_are_rotated_ended_and_bounded(database: Database) -> None:
    ann, ben = await add_user(database), await add_user(database, "ben")
    async with database.begin() as tx:
        await tx.logins.add(a_login(ann, "expired", at=AT - 2 * HOUR), most=3)
        await tx.logins.add(a_login(ben, "ben's"), most=3)
        for number in range(4):
            await tx.logins.add(a_login(ann, str(number), at=AT + number * timedelta(seconds=1)), most=3)
        await tx.logins.rotate(LoginId("3"), refresh_hash="fresh", at=AT + HOUR)
        await tx.logins.end(LoginId("2"))
        await tx.logins.end(LoginId("not there"))
        await tx.commit()
    async with database.read() as tx:
        found = {id: await tx.logins.get(LoginId(id)) for id in ("expired", "0", "1", "2", "3", "ben's")}
        assert [id for id, login in found.items() if login] == ["1", "3", "ben's"]
        assert found["3"] is not None
        assert (found["3"].refresh_hash, found["3"].rotated_at) == ("fresh", AT + HOUR)
    async with database.begin() as tx:
        await tx.logins.end_all(ann.id, but=LoginId("1"))
        assert await tx.logins.get(LoginId("3")) is None
        assert await tx.logins.get(LoginId("1")) is not None
        await tx.logins.end_all(ann.id)
        assert await tx.logins.get(LoginId("1")) is None
        assert await tx.logins.get(LoginId("ben's")) is not None


async def test_an_identity_is_one_users_and_goes_with_them(database: Database) -> None:
    ann = await add_user(database)
    theirs = Identity(issuer="https://a.example", subject="7", user_id=ann.id, created_at=AT)
    async with database.begin() as tx:
        await tx.identities.add(theirs)
        await tx.commit()
    async with database.begin() as tx:
        with pytest.raises(NameTaken):
            await tx.identities.add(replace(theirs, user_id=(await tx.users.get(ann.id)).id))
    async with database.read() as tx:
        assert await tx.identities.find("https://a.example", "7") == ann.id
        assert await tx.identities.find("https://a.example", "8") is None
        assert await tx.identities.find("https://b.example", "7") is None
        mine = await tx.owned.page("identities", owner=ann.owner, skip=0, limit=5)
        assert [record.values["subject"] for record in mine] == ["7"]
    async with database.begin() as tx:
        await tx.users.delete(ann.id)
        await tx.commit()
    async with database.read() as tx:
        assert await tx.identities.find("https://a.example", "7") is None


async def test_the_first_signing_secret_is_kept_until_another_is_accepted(database: Database) -> None:
    check = CheckSigningSecret(begin=database.begin)
    assert await check("one")
    assert await check("one")
    assert not await check("two")
    assert await check("one")
    assert await check("two", accept=True)
    assert not await check("one")


async def test_an_invitation_is_used_once_and_forgotten_when_nobody_did(database: Database) -> None:
    ann = await add_user(database)
    async with database.begin() as tx:
        first = await tx.invitations.add("first", makes_admin=True, at=AT, expires_at=AT + HOUR)
        used = await tx.invitations.add("used", makes_admin=False, at=AT, expires_at=AT + HOUR)
        await tx.invitations.use(used.id, by=ann.id)
        late = await tx.invitations.add("late", makes_admin=False, at=AT + HOUR, expires_at=AT + 2 * HOUR)
        assert await tx.invitations.find("first") is None
        page = await tx.invitations.page(before=None, limit=5)
        assert [(each.id, each.used_by) for each in page] == [(late.id, None), (used.id, ann.id)]
        assert await tx.invitations.page(before=late.id, limit=5) == page[1:]
        await tx.invitations.delete(late.id)
        for missing in (late.id, InvitationId(999)):
            with pytest.raises(InvitationNotFound):
                await tx.invitations.delete(missing)
    assert first.makes_admin
    assert first.is_good(AT)
    assert not first.is_good(AT + HOUR)
    assert not page[1].is_good(AT)


async def test_a_key_is_found_by_its_hash_and_revoked_by_its_owner_alone(database: Database) -> None:
    async with database.begin() as tx:
        mine = await tx.api_keys.add(a_key())
        other = await tx.api_keys.add(a_key("local", "t"))
        newer = await tx.api_keys.add(a_key(secret="u"))
        await tx.commit()
    async with database.read() as tx:
        assert await tx.api_keys.find("s") == mine
        assert mine.scopes == {Scope.READ, Scope.CHAT}
        assert await tx.api_keys.find("S") is None
        assert await tx.api_keys.page(owner=mine.owner, before=None, limit=5) == [newer, mine]
        assert await tx.api_keys.page(owner=mine.owner, before=newer.id, limit=5) == [mine]
        assert await tx.api_keys.get(mine.id, owner=mine.owner) == mine
        for id, owner in ((mine.id, other.owner), (KeyId(999), mine.owner), (KeyId(2**70), mine.owner)):
            with pytest.raises(KeyNotFound):
                await tx.api_keys.get(id, owner=owner)
    async with database.begin() as tx:
        with pytest.raises(KeyNotFound):
            await tx.api_keys.revoke(mine.id, owner=other.owner, at=AT)
        revoked = await tx.api_keys.revoke(mine.id, owner=mine.owner, at=AT)
        assert revoked == await tx.api_keys.revoke(mine.id, owner=mine.owner, at=AT + HOUR)
        assert await tx.api_keys.count(owner=mine.owner) == 1
    assert mine.is_good(AT)
    assert not mine.is_good(AT + HOUR)
    assert not revoked.is_good(AT)


async def test_the_audit_log_is_read_backwards_and_forgets_what_is_old(database: Database) -> None:
    def entry(number: int, who: str = "user_1") -> AuditEntry:
        at = AT + number * HOUR
        return AuditEntry(
            at=at, who=who, owner=OwnerId(who), action=f"act {number % 2}", target="t", address="::1", outcome="ok"
        )

    async with database.begin() as tx:
        for number in range(4):
            await tx.audit.add(entry(number))
        await tx.audit.add(entry(4, "local"))
        await tx.commit()
    async with database.begin() as tx:
        page = await tx.audit.page(action=None, who=None, before=None, limit=9)
        assert [each.at for each in page] == [AT + n * HOUR for n in (4, 3, 2, 1, 0)]
        assert await tx.audit.page(action=None, who=None, before=page[1].id, limit=1) == [page[2]]
        assert await tx.audit.page(action="act 1", who=None, before=None, limit=9) == [page[1], page[3]]
        assert await tx.audit.page(action=None, who="local", before=None, limit=9) == [page[0]]
        assert await tx.audit.forget(AT + 3 * HOUR, limit=2) == 2
        assert await tx.audit.forget(AT + 3 * HOUR, limit=2) == 1
        assert await tx.audit.page(action=None, who=None, before=None, limit=9) == page[:2]
