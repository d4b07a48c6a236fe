"""Passwords, access tokens and the secret file."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from adapters.security.access_tokens import JwtAccessTokens
from adapters.security.passwords import Argon2Passwords
from adapters.security.secret_file import secret_in
from application.ports.access_tokens import TokenClaims
from domain.access import LoginId, UserId
from domain.errors import TooBusy, Unauthenticated
from domain.user import NO_PASSWORD

CHEAP = {"memory_kib": 8, "passes": 1}
SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
async def passwords() -> AsyncIterator[Argon2Passwords]:
    passwords = Argon2Passwords(**CHEAP)
    yield passwords
    await passwords.aclose()


async def test_a_password_is_its_own_and_no_other_and_two_hashes_of_it_differ(passwords: Argon2Passwords) -> None:
    one, two = await passwords.hash("pässwörd ☃"), await passwords.hash("pässwörd ☃")
    assert one != two
    assert one.startswith("$argon2id$")
    assert await passwords.verify("pässwörd ☃", one)
    assert not await passwords.verify("pässwörd", one)
    assert not await passwords.verify("", one)
    assert not await passwords.verify("pässwörd ☃", None)
    assert not await passwords.verify("", NO_PASSWORD)


async def test_an_unknown_user_costs_a_whole_hash(passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same parameters: the time that it takes is then the same."""
    seen = []
    verify = passwords._hasher.verify

    def watched(password: str | bytes, hash: str | bytes) -> bool:
        seen.append(str(hash))
        return verify(password, hash)

    monkeypatch.setattr(passwords._hasher, "verify", watched)
    known = await passwords.hash("right")
    await passwords.verify("wrong", known)
    await passwords.verify("wrong", None)
    assert seen[0].split("$")[:4] == seen[1].split("$")[:4]
    assert len(seen[0]) == len(seen[1])


async def test_hashing_leaves_the_loop_free_and_a_bounded_number_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Argon2Passwords(threads=1, most_waiting=1, **CHEAP)
    go = threading.Event()
    hash = passwords._hasher.hash
    monkeypatch.setattr(passwords._hasher, "hash", lambda password: hash(password) if go.wait(20) else "")
    first, second = (asyncio.create_task(passwords.hash("one")) for _ in range(2))
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await passwords.hash("three")
    second.cancel()
    go.set()
    assert (await first).startswith("$argon2id$")
    await asyncio.gather(second, return_exceptions=True)
    assert await passwords.hash("again")
    await passwords.aclose()


def claims(minutes: float = 10) -> TokenClaims:
    expires_at = (datetime.now(UTC) + timedelta(minutes=minutes)).replace(microsecond=0)
    return TokenClaims(UserId(7), LoginId("login"), expires_at)


def test_a_token_says_what_was_put_into_it_and_names_its_key() -> None:
    tokens = JwtAccessTokens(SECRET)
    token = tokens.issue(claims(), at=datetime.now(UTC))
    assert tokens.read(token) == claims()
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": tokens.kid}
    with pytest.raises(Unauthenticated):
        JwtAccessTokens(b"another" + SECRET).read(token)


def test_a_token_that_has_expired_or_is_not_yet_good_is_refused() -> None:
    tokens = JwtAccessTokens(SECRET)
    for minutes, at in (
        (-1.0, datetime.now(UTC) - timedelta(hours=1)),
        (60.0, datetime.now(UTC) + timedelta(minutes=5)),
    ):
        with pytest.raises(Unauthenticated):
            tokens.read(tokens.issue(claims(minutes), at=at))


def test_the_secret_is_made_once_and_read_by_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "parley.db.secret"
    secret = secret_in(path)
    assert len(secret) == 64
    assert secret_in(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_in(tmp_path / "other.secret") != secret
    path.chmod(0o644)
    with pytest.raises(ValueError, match="others may read"):
        secret_in(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(ValueError, match="no secret"):
        secret_in(path)
