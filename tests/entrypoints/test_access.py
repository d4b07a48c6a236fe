"""Who gets in when there is no login, and when there is a key."""

import pytest
from pydantic import ValidationError

from entrypoints.settings import Settings, misspelt
from tests.support.app import Parley, parley

KEY = "a-key-long-enough-to-be-one"


async def test_the_local_owner_needs_no_login(app: Parley) -> None:
    assert (await app.http.get("/conversations")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "localhost.evil.example"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-host": "localhost"},
        {"forwarded": "for=127.0.0.1"},
        {"x-real-ip": "127.0.0.1"},
    ],
    ids=str,
)
async def test_what_is_not_plainly_this_machine_is_refused(app: Parley, headers: dict[str, str]) -> None:
    response = await app.http.post("/chat", json={"message": "hi"}, headers=headers)

    assert response.status_code in (400, 403)
    assert (await app.http.get("/conversations")).json() == []


async def test_a_page_of_this_machine_may_use_it(app: Parley) -> None:
    assert (await app.http.get("/conversations", headers={"origin": "http://localhost:5173"})).status_code == 200


@pytest.mark.parametrize(
    "carrier", [{"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY}], ids=["bearer", "x-api-key"]
)
async def test_with_a_key_both_carriers_open_and_all_else_is_401(carrier: dict[str, str]) -> None:
    async with parley(auth="required", api_key=KEY) as app:
        assert (await app.http.get("/conversations", headers=carrier)).status_code == 200
        assert (await app.http.get("/health/live")).status_code == 200
        for bad in (
            {},
            {"x-api-key": KEY[:-1]},
            {"authorization": "Bearer ' OR '1'='1"},
            {**carrier, "x-api-key": "x"},
        ):
            if "x-api-key" in carrier and bad.get("x-api-key") == "x":
                continue
            refused = await app.http.get("/conversations", headers=bad)
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
            assert refused.headers["www-authenticate"] == "Bearer"
            assert KEY not in refused.text


def test_other_addresses_without_a_login_refuse_to_start() -> None:
    with pytest.raises(ValidationError, match="PARLEY_AUTH=required"):
        Settings(host="0.0.0.0")
    Settings(host="0.0.0.0", auth="required")  # opened by a key, or by the code that is printed for the first user


def test_a_misspelt_variable_is_named_with_its_nearest() -> None:
    assert misspelt({"PARLEY_PROT": "1", "PARLEY_PORT": "1", "HOME": "/"}) == [
        "PARLEY_PROT is not a setting; did you mean PARLEY_PORT?"
    ]
