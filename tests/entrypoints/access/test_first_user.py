"""How the first admin gets in where nothing is configured but that everybody has to log in."""

import pytest
from pydantic import ValidationError

from entrypoints.doctor import report, setup_hint
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
