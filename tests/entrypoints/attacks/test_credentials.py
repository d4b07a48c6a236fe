"""Attacks on who one is. The numbers are those of the checklist in README, "Users and keys"."""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from domain.access import owner_of
from entrypoints.settings import Settings
from tests.support.app import Parley
from tests.support.people import ADMIN, ADMIN_KEY, PASSWORD, Person, guarded, join

SECRET = "9d1c7e4ab02f4c86a3e5d8f17b6042ce"
WELL_KNOWN = ["secret", "change-me", "changeme" * 5, "your-secret-key-here-change-in-production", "a" * 64, "s" * 16]


def signing_key(secret: str = SECRET) -> bytes:
    """As the server makes it: what is forged here is right in all but one thing."""
    return hashlib.sha256(b"parley access tokens" + secret.encode()).digest()


def forged(person: Person, *, key: bytes, kid: str | None = None, alg: str = "HS256", **other: Any) -> str:
    real = jwt.decode(person.access_token, options={"verify_signature": False})
    header = {"kid": kid or jwt.get_unverified_header(person.access_token)["kid"]}
    return jwt.encode({**real, **other}, key, alg, headers=header)


def swapped(token: str, header: dict[str, Any], *, signature: str | None = None) -> str:
    """The same claims under another header."""
    made = jwt.utils.base64url_encode(str(header).replace("'", '"').encode()).decode()
    _, payload, signed = token.split(".")
    return f"{made}.{payload}.{signed if signature is None else signature}"


async def refusal(app: Parley, headers: Any) -> tuple[int, str]:
    response = await app.http.get("/conversations", headers=headers)
    assert ADMIN_KEY not in response.text
    assert "Traceback" not in response.text
    return response.status_code, response.json()["code"]


async def test_1_headers_that_are_no_credential_are_refused_alike() -> None:
    async with guarded() as app:
        values: list[bytes] = [
            b"Bearer ' OR '1'='1", b"Bearer " + b"x" * 30_000, b"Bearer \xff\xfe", "Bearer ключ".encode(), b"Bearer",
            b"Basic YTpi", b"bearer pk_", b"pk_x", b"Bearer a b", b"Bearer pk_%00", b"", b"Bearer .." ,
            b"Bearer eyJ.eyJ.x", ADMIN_KEY.encode(),
        ]  # fmt: skip
        for value in values:
            assert await refusal(app, [(b"authorization", value)]) == (401, "unauthenticated"), value[:50]
        twice = [(b"authorization", b"Bearer " + ADMIN_KEY.encode())] * 2
        assert await refusal(app, twice) == (401, "unauthenticated")
        assert await refusal(app, [(b"x-api-key", ADMIN_KEY.encode()), *twice[:1]]) == (401, "unauthenticated")
        assert (await app.http.get("/conversations", headers=ADMIN)).status_code == 200


async def test_2_tokens_that_are_not_ours_are_refused() -> None:
    async with guarded(secret_key=SECRET) as app:
        ann = await join(app, "ann")
        right, now = signing_key(), datetime.now(UTC)
        kid = jwt.get_unverified_header(ann.access_token)["kid"]
        assert (await app.http.get("/me", headers={"x-api-key": forged(ann, key=right)})).status_code == 200
        wrong = {
            "alg none": swapped(ann.access_token, {"alg": "none", "typ": "JWT", "kid": kid}, signature=""),
            "alg None": swapped(ann.access_token, {"alg": "None", "kid": kid}, signature=""),
            "another algorithm": forged(ann, key=right * 2, alg="HS512"),
            "signed with its own kid": forged(ann, key=kid.encode() * 2),
            "kid is a path": forged(ann, key=b"\0" * 32, kid="../../../../dev/null"),
            "kid is SQL": forged(ann, key=b"x" * 32, kid="' UNION SELECT 'x"),
            "no kid": jwt.encode(jwt.decode(ann.access_token, options={"verify_signature": False}), right, "HS256"),
            "expired": forged(ann, key=right, exp=now - timedelta(minutes=1)),
            "of the future": forged(ann, key=right, nbf=now + timedelta(hours=1)),
            "another audience": forged(ann, key=right, aud="other"),
            "another issuer": forged(ann, key=right, iss="other"),
            "another login": forged(ann, key=right, sid="guessed"),
            "another user": forged(ann, key=right, sub="2"),
            "no number": forged(ann, key=right, sub="1 OR 1=1"),
            "changed": ann.access_token[:-4] + "AAAA",
            "a refresh token": ann.refresh_token,
        }
        for what, token in wrong.items():
            assert await refusal(app, {"authorization": f"Bearer {token}"}) == (401, "unauthenticated"), what


async def test_2_a_token_lacking_a_claim_is_refused() -> None:
    async with guarded(secret_key=SECRET) as app:
        ann = await join(app, "ann")
        real = jwt.decode(ann.access_token, options={"verify_signature": False})
        header = jwt.get_unverified_header(ann.access_token)
        for claim in real:
            less = {name: value for name, value in real.items() if name != claim}
            token = jwt.encode(less, signing_key(), "HS256", headers={"kid": header["kid"]})
            assert await refusal(app, {"authorization": f"Bearer {token}"}) == (401, "unauthenticated"), claim


@pytest.mark.parametrize("secret", WELL_KNOWN)
async def test_3_secrets_that_everybody_knows_do_not_start_and_sign_nothing(secret: str) -> None:
    with pytest.raises(ValidationError, match="PARLEY_SECRET_KEY"):
        Settings(secret_key=secret)  # type: ignore[arg-type]
    async with guarded(secret_key=SECRET) as app:
        ann = await join(app, "ann")
        for key in (secret.encode().ljust(32, b"\0"), signing_key(secret)):
            token = forged(ann, key=key)
            assert await refusal(app, {"authorization": f"Bearer {token}"}) == (401, "unauthenticated")


def test_3_postgres_wants_a_secret_that_all_replicas_share() -> None:
    with pytest.raises(ValidationError, match="PARLEY_SECRET_KEY"):
        Settings(database_url="postgresql://h/d", auth="required", api_key=ADMIN_KEY)  # type: ignore[arg-type]


async def test_8_and_9_identity_and_rights_are_never_taken_from_a_body() -> None:
    async with guarded() as app:
        ann, ben = await join(app, "ann"), await join(app, "ben")
        await app.http.post("/chat", json={"message": "mine", "user_id": "ben"}, headers=ann.headers)
        for owner in ("ann", ann.owner, "local", "ben"):
            listed = await app.http.get("/conversations", params={"user_id": owner}, headers=ben.headers)
            assert listed.json() == []
        for more in ("is_admin", "role", "id", "enabled", "owner", "created_at"):
            body = {"username": "eve", "password": PASSWORD, more: 1}
            assert (await app.http.post("/auth/register", json=body)).status_code == 422
            asked = {"message": "x", more: owner_of(ann.id)}  # type: ignore[arg-type]
            assert (await app.http.post("/chat", json=asked, headers=ben.headers)).status_code == 422


async def test_19_and_20_wrong_passwords_are_limited_whatever_headers_say() -> None:
    async with guarded() as app:
        ann = await join(app, "ann")
        told: list[tuple[int, str]] = []
        for number in range(40):
            rotated = {
                "x-forwarded-for": f"9.9.9.{number}",
                "x-real-ip": f"9.9.8.{number}",
                "x-api-key": f"pk_{number}",
            }
            name = "ann" if number % 2 else "nobody at all"
            answer = await app.http.post("/auth/login", data={"username": name, "password": "no"}, headers=rotated)
            told.append((answer.status_code, answer.json()["detail"]))
        known, unknown = told[1::2], told[0::2]
        assert known == unknown  # neither says that there is such a user
        assert [status for status, _ in known] == [401] * 10 + [429] * 10
        right = await app.http.post("/auth/login", data={"username": "ann", "password": PASSWORD})
        assert (right.status_code, int(right.headers["retry-after"]) > 0) == (429, True)
        assert (await app.http.get("/me", headers=ann.headers)).status_code == 200  # who is in stays in


async def test_39_what_is_wrong_with_a_password_is_said_without_it() -> None:
    async with guarded() as app:
        for password in ("pässpäss", "x" * 1001, "aaaaaaaaaaaaaa", 12345678901234):
            answer = await app.http.post("/auth/register", json={"username": "eve", "password": password})
            assert answer.status_code == 422
            assert str(password)[:8] not in answer.text.replace("xxxx", "")
        broken = await app.http.post("/auth/login", json={"username": "eve", "password": "my password"})
        assert broken.status_code == 422
        assert "my password" not in broken.text


async def test_a_known_credential_costs_microseconds() -> None:
    """A bound that only a lookup in the database or a signature checked each time would break."""
    async with guarded() as app:
        ann = await join(app, "ann")
        authenticate = app.container.access().authenticate
        await authenticate(ann.access_token)
        began = time.process_time()
        for _ in range(1_000):
            assert authenticate.known(ann.access_token)
        assert time.process_time() - began < 0.2
