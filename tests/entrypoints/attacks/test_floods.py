"""Attacks 18, 19 and 42 of the checklist: floods, rotation, and money."""

import asyncio

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.people import ADMIN_KEY, guarded, join, make_key

SECRET = "6e1d0b9a57c24f38a1f2d3b4c5e6f708"
SLOW = {"secret_key": SECRET, "demo_words_per_second": 1}
LONG = {"message": "tell me a long story"}


async def status_of(app: Parley, headers: dict[str, str], **body: object) -> int:
    asked = {"messages": [{"role": "user", "content": "hi"}], **body}
    return (await app.http.post("/chat", json=asked, headers=headers)).status_code


@EVERY_DATABASE
async def test_18_a_key_that_opens_a_thousand_streams_gets_its_share_and_others_do_not_notice(storage: str) -> None:
    async with guarded(database_url=storage, limit_key="streams=5,requests_per_minute=100000", **SLOW) as app:
        ann, ben = await join(app, "ann"), await join(app, "ben")
        _, key = await make_key(app, ann.headers, "chat")
        greedy = {"x-api-key": key}
        statuses = list[int]()

        async def flood() -> None:
            async with app.http.stream("POST", "/chat/stream", json=LONG, headers=greedy) as answer:
                statuses.append(answer.status_code)
                if answer.status_code == 200:
                    await over.wait()
                assert answer.status_code == 200 or int(answer.headers["retry-after"]) >= 1

        over = asyncio.Event()
        flooding = [asyncio.create_task(flood()) for _ in range(60)]
        async with app.http.stream("POST", "/chat/stream", json=LONG, headers=ben.headers) as other:
            assert other.status_code == 200
            await until(lambda: len(statuses) == 60, seconds=20)
        over.set()
        await asyncio.gather(*flooding)
        assert (statuses.count(200), statuses.count(429)) == (5, 55)

        async def free() -> bool:
            limits = (await app.http.get("/limits", headers=greedy)).json()["limits"]
            return next(each["left"] for each in limits if each["limit"] == "streams") == 5

        await until(free, seconds=20)


@EVERY_DATABASE
async def test_18_who_queues_many_turns_does_not_keep_others_from_their_first(storage: str) -> None:
    places = {"max_runs": 4, "max_queued": 100, "limit_user": "none", "limit_key": "none"}
    async with guarded(database_url=storage, **places, **SLOW) as app:
        ann, ben = await join(app, "ann"), await join(app, "ben")
        statuses = []
        for _ in range(15):
            statuses.append((await app.http.post("/runs", json=LONG, headers=ann.headers)).status_code)
        assert statuses == [202] * 12 + [429] * 3  # two at once, ten that wait
        async with app.http.stream("POST", "/chat/stream", json=LONG, headers=ben.headers) as first:
            async for line in first.aiter_lines():
                assert '"token"' in line
                break
        worker = app.container.worker()
        assert sorted(worker._of_owner.values()) == [1, 2]


async def test_19_no_header_gets_anybody_a_new_allowance() -> None:
    async with guarded(limit_address=5) as app:
        for number in range(8):
            forged = {
                "x-forwarded-for": f"10.0.0.{number}",
                "x-real-ip": f"10.0.1.{number}",
                "forwarded": f"for=10.0.2.{number}",
                "authorization": f"Bearer pk_wrong_{number}",
            }
            answer = await app.http.get("/conversations", headers=forged)
            assert answer.status_code == (401 if number < 5 else 429)
        assert int(answer.headers["retry-after"]) <= 60
        good = await app.http.get("/conversations", headers={"authorization": f"Bearer {ADMIN_KEY}"})
        assert good.status_code == 200  # known without asking anybody


async def test_19_wrong_passwords_are_counted_by_the_address_that_the_trusted_proxy_saw() -> None:
    async with guarded(trusted_proxies=1) as app:
        await join(app, "ann")
        statuses = []
        for number in range(12):
            headers = {"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7", "x-real-ip": f"10.0.1.{number}"}
            wrong = {"username": "ann", "password": f"wrong {number}"}
            statuses.append((await app.http.post("/auth/login", data=wrong, headers=headers)).status_code)
        assert statuses == [401] * 10 + [429] * 2


async def test_42_limits_are_amounts_that_do_not_overflow() -> None:
    async with guarded() as app:
        ann = await join(app, "ann")
        for amount in (-1, -0.5, "1e400", "NaN", 10**30, True, "many", 1.5):
            for limit in ("tokens_per_day", "requests_per_minute", "cost_per_day"):
                if (limit, amount) in (("cost_per_day", 1.5), ("cost_per_day", True)):
                    continue  # money has fractions
                body = {"name": "k", "scopes": ["chat"], "limits": {limit: amount}}
                answer = await app.http.post("/api-keys", json=body, headers=ann.headers)
                assert answer.status_code == 422, (limit, amount, answer.text)


@EVERY_DATABASE
async def test_42_of_spenders_at_the_limit_at_most_one_goes_over(storage: str) -> None:
    limits = "tokens_per_minute=400,tokens_per_day=300"  # a minute may be over meanwhile
    async with parley(database_url=storage, limit_user=limits, demo_words_per_second=50) as app:
        asked = [status_of(app, {}, max_tokens=100) for _ in range(20)]
        statuses = await asyncio.gather(*asked)
        assert set(statuses) == {200, 429}
        assert 1 <= statuses.count(200) <= 3  # each may need a hundred and a few, and the third goes over
        shown = {each["limit"]: each for each in (await app.http.get("/limits")).json()["limits"]}
        assert 0 <= shown["tokens_per_day"]["left"] < 300


async def test_42_negative_and_fractional_counts_in_a_request_spend_nothing() -> None:
    async with parley(limit_user="tokens_per_minute=1000") as app:
        for count in (-1, 1.5, 10**30, "10"):
            assert await status_of(app, {}, max_tokens=count) == 422
        [tokens] = (await app.http.get("/limits")).json()["limits"]
        assert tokens["left"] == 1000
