"""Two processes on one Postgres keep the same limits."""

import pytest

from tests.support.app import parley, until
from tests.support.clock import standing_still
from tests.support.people import guarded, join

SECRET = "6e1d0b9a57c24f38a1f2d3b4c5e6f708"
POSTGRES = pytest.mark.parametrize("storage_url", ["postgres"], indirect=True)


@POSTGRES
async def test_what_one_has_let_in_the_other_does_not(storage: str) -> None:
    limits = {"database_url": storage, "limit_user": "requests_per_minute=6,streams=1,tokens_per_day=100000"}
    async with parley(now=standing_still(), **limits) as one, parley(now=standing_still(), **limits) as other:
        body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10}
        statuses = []
        for _ in range(4):
            for app in (one, other):
                response = await app.http.post("/chat", json=body)
                while response.status_code == 429 and response.json()["limit"] == "streams":
                    await until(lambda app=app: _is_free(app), seconds=20)
                    response = await app.http.post("/chat", json=body)
                statuses.append(response.status_code)
        assert statuses.count(200) <= 6
        assert statuses[-1] == 429
        shown = [(await app.http.get("/limits")).json()["limits"] for app in (one, other)]
        left = [{each["limit"]: each["left"] for each in limits} for limits in shown]
        assert left[0]["tokens_per_day"] == left[1]["tokens_per_day"] < 100_000


async def _is_free(app: object) -> bool:
    limits = (await app.http.get("/limits")).json()["limits"]  # type: ignore[attr-defined]
    return next(each["left"] for each in limits if each["limit"] == "streams") == 1


@POSTGRES
async def test_wrong_passwords_are_counted_together(storage: str) -> None:
    settings = {"database_url": storage, "secret_key": SECRET}
    async with guarded(now=standing_still(), **settings) as one, guarded(now=standing_still(), **settings) as other:
        await join(one, "ann")
        statuses = []
        for number in range(14):
            app = (one, other)[number % 2]
            wrong = {"username": "ann", "password": f"wrong {number}"}
            statuses.append((await app.http.post("/auth/login", data=wrong)).status_code)
        assert statuses.count(401) == 10
        assert statuses[-1] == 429
