"""How the first admin gets in where nothing is configured but that everybody has to log in."""

import asyncio
import os
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from entrypoints.container import Container
from entrypoints.doctor import report, setup_hint
from entrypoints.lifespan import running
from entrypoints.provider_set import CannotStart
from entrypoints.settings import Settings
from tests.support.app import parley
from tests.support.people import PASSWORD, log_in

FAR = {"x-forwarded-for": "203.0.113.9"}
ANN = {"username": "ann", "password": PASSWORD}


@pytest.mark.parametrize("registration", ["closed", "open"])
async def test_the_setup_code_makes_the_first_user_from_anywhere_and_is_good_for_nobody_else(registration: str) -> None:
    async with parley(auth="required", registration=registration) as app:
        assert (await app.http.get("/auth/methods")).json()["setup"] is True
        hint = await setup_hint(app.container)
        code = app.container.access().setup_code
        assert hint is not None
        assert code in hint
        for body in (ANN, {**ANN, "invitation": "guessed"}, {**ANN, "invitation": f"{code}x"}):
            refused = await app.http.post("/auth/register", json=body, headers=FAR)
            assert (refused.status_code, code in refused.text) == (403, False)
        made = await app.http.post("/auth/register", json={**ANN, "invitation": code}, headers=FAR)
        assert (made.status_code, made.json()["is_admin"]) == (201, True)

        assert (await app.http.get("/auth/methods")).json()["setup"] is False
        assert await setup_hint(app.container) is None
        second = {"username": "ben", "password": PASSWORD, "invitation": code}
        for headers in (FAR, {}):
            assert (await app.http.post("/auth/register", json=second, headers=headers)).status_code == 403
        ann = await log_in(app, made.json()["id"], "ann")
        assert (await app.http.get("/admin/users", headers=ann.headers)).status_code == 200
        assert code not in (await report(app.container))[0]


async def test_from_the_servers_own_machine_the_first_needs_no_code() -> None:
    async with parley(auth="required") as app:
        made = await app.http.post("/auth/register", json=ANN)
        assert (made.status_code, made.json()["is_admin"]) == (201, True)


def test_other_addresses_need_a_login_and_say_how() -> None:
    with pytest.raises(ValidationError, match="PARLEY_AUTH=required"):
        Settings(host="0.0.0.0")
    assert Settings(host="0.0.0.0", auth="required").api_key is None


async def test_a_replica_with_another_secret_does_not_start_until_it_is_accepted(fresh_postgres: str) -> None:
    first, other = ("9d1c7e4ab02f4c86a3e5d8f17b6042ce", "07b3f1c95ad84e62b9c0d7e84a1f536d")
    asked: dict[str, Any] = {"database_url": fresh_postgres, "auth": "required"}
    async with parley(**asked, secret_key=first), parley(**asked, secret_key=first):
        pass
    container = Container(settings=Settings(**asked, secret_key=other))  # type: ignore[arg-type]
    with pytest.raises(CannotStart, match="accept-secret") as refused:
        async with running(container):
            pass
    assert other not in str(refused.value)
    accepting = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "entrypoints", "accept-secret", stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": fresh_postgres, "PARLEY_AUTH": "required", "PARLEY_SECRET_KEY": other},
    )  # fmt: skip
    said, _ = await accepting.communicate()
    assert (accepting.returncode, other in said.decode()) == (0, False)
    async with parley(**asked, secret_key=other):
        pass
