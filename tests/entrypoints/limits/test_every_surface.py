"""Whatever costs is refused when a limit is used up, in the words of its surface; the tries are made from the table."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from domain.access import Need
from entrypoints.http.route_table import COSTS_NOTHING, NEEDS, SPENDS, STAYS
from tests.support.app import Parley, parley, until
from tests.support.clock import standing_still
from tests.support.people import ADMIN, guarded, join, make_key

CONCRETE = {"{id}": "1", "{mid}": "2", "{name}": "blog"}


def path_of(route: str) -> tuple[str, str]:
    verb, path = route.split()
    for name, value in CONCRETE.items():
        path = path.replace(name, value)
    return verb, path


def test_every_post_for_chat_and_documents_says_whether_it_costs() -> None:
    posts = {route for need in (Need.CHAT, Need.DOCUMENTS) for route in NEEDS[need] if route.startswith("POST ")}
    assert posts - SPENDS - COSTS_NOTHING == set()
    assert COSTS_NOTHING - posts == set()
    assert set() == SPENDS & COSTS_NOTHING
    assert SPENDS < STAYS


async def test_each_route_that_costs_is_refused_in_its_own_words() -> None:
    async with parley(now=standing_still(), limit_user="requests_per_minute=0") as app:
        for route in sorted(SPENDS):
            verb, path = path_of(route)
            answer = await app.http.request(verb, path, json={})
            assert answer.status_code == 429, route
            assert 1 <= int(answer.headers["retry-after"]) <= 60, route
            assert answer.headers["ratelimit-policy"] == '"user-requests-per-minute";q=0;qu="requests";w=60'
            assert answer.headers["ratelimit"].startswith('"user-requests-per-minute";r=0;t=')
            in_openais_words = path.startswith("/v1/")
            assert ("x-ratelimit-limit-requests" in answer.headers) == in_openais_words, route
            if in_openais_words:
                error = answer.json()["error"]
                assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded"), route
                assert answer.headers["x-ratelimit-remaining-requests"] == "0"
            else:
                problem = answer.json()
                assert (problem["code"], problem["limit"]) == ("limit_reached", "requests_per_minute"), route
                assert problem["scope"] == "user"
        assert (await app.http.get("/conversations")).status_code == 200
        assert (await app.http.post("/conversations", json={})).status_code == 201


async def test_a_frame_over_the_limit_gets_an_error_and_the_socket_stays_open() -> None:
    async with parley(now=standing_still(), limit_user="requests_per_minute=1") as app:
        assert (await app.http.post("/chat", json={"message": "hi"})).status_code == 200
        async with connect(f"{app.url.replace('http', 'ws')}/ws/chat") as socket:
            for _ in range(2):
                await socket.send(json.dumps({"message": "hello"}))
                error = json.loads(await asyncio.wait_for(socket.recv(), 20))
                assert (error["type"], error["status"]) == ("error", 429), error
                assert error["retry_after_seconds"] > 0
        async with connect(f"{app.url.replace('http', 'ws')}/v1/responses") as socket:
            for _ in range(2):
                await socket.send(json.dumps({"type": "response.create", "model": "demo:parrot", "input": "hello"}))
                error = json.loads(await asyncio.wait_for(socket.recv(), 20))
                assert (error["type"], error["status"]) == ("error", 429), error
                assert error["error"]["code"] == "rate_limit_exceeded"


async def test_an_answer_says_what_is_left() -> None:
    limits = "requests_per_minute=5,tokens_per_minute=1000,streams=3,cost_per_day=1"
    async with parley(now=standing_still(), limit_user=limits, limit_all="requests_per_minute=9") as app:
        body = {"model": "demo:parrot", "messages": [{"role": "user", "content": "hello there"}], "max_tokens": 100}
        answer = await app.http.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200
        names = [item.split(";")[0].strip(' "') for item in answer.headers["ratelimit-policy"].split(",")]
        assert names == [
            "user-requests-per-minute",
            "user-tokens-per-minute",
            "user-streams",
            "all-requests-per-minute",
        ]
        assert '"user-requests-per-minute";r=4;' in answer.headers["ratelimit"]
        assert '"user-streams";r=2;' in answer.headers["ratelimit"]
        assert (answer.headers["x-ratelimit-limit-requests"], answer.headers["x-ratelimit-limit-tokens"]) == (
            "5",
            "1000",
        )
        used = answer.json()["usage"]["total_tokens"]
        shown = (await app.http.get("/limits")).json()
        left = {(each["scope"], each["limit"]): each["left"] for each in shown["limits"]}
        assert left["user", "tokens_per_minute"] == 1000 - used
        assert (left["user", "streams"], left["all", "requests_per_minute"]) == (3, 8)
        assert left["user", "cost_per_day"] in ("1", 1, "1.0")


@pytest.mark.parametrize("limit", ["tokens_per_minute", "tokens_per_day", "tokens_per_month"])
async def test_tokens_that_are_used_up_refuse_before_anything_is_stored(limit: str) -> None:
    async with parley(now=standing_still(), limit_user=f"{limit}=1") as app:
        first = await app.http.post("/chat", json={"message": "hello"})
        assert first.status_code == 200  # whatever it needs, while anything is left
        for _ in range(2):
            second = await app.http.post("/chat/stream", json={"message": "hello again"})
            assert (second.status_code, second.json()["limit"]) == (429, limit)
        id = first.json()["conversation_id"]
        messages = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
        assert len(messages) == 2
        assert len((await app.http.get("/conversations")).json()) == 1


async def test_a_budget_refuses_models_whose_price_nobody_knows() -> None:
    async with parley(
        now=standing_still(),
        limit_user="cost_per_day=1",
        openai_api_key="not-a-key",
        openai_base_url="http://127.0.0.1:9/v1",
    ) as app:
        body = {"model": "openai:secret-sauce", "messages": [{"role": "user", "content": "x"}]}
        native = await app.http.post("/chat", json=body)
        assert (native.status_code, native.json()["code"]) == (422, "model_price_unknown")
        v1 = await app.http.post("/v1/chat/completions", json=body)
        assert (v1.status_code, v1.json()["error"]["code"]) == (400, "model_price_unknown")
        assert (await app.http.post("/v1/chat/completions", json={**body, "model": "demo:parrot"})).status_code == 200


async def test_a_budget_counts_by_the_operators_own_prices(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text('version = "1"\ncurrency = "USD"\n[models."demo:parrot"]\ninput = 1000000\n')
    body = {"messages": [{"role": "user", "content": "one two three"}]}
    async with parley(now=standing_still(), limit_user="cost_per_day=1", prices=tmp_path / "prices.toml") as app:
        assert (await app.http.post("/chat", json=body)).status_code == 200
        refused = await app.http.post("/chat", json=body)
        assert (refused.status_code, refused.json()["limit"]) == (429, "cost_per_day")


async def test_streams_are_limited_while_they_are_open() -> None:
    async with parley(now=standing_still(), limit_user="streams=2", demo_words_per_second=1) as app:
        ask = {"json": {"message": "tell me a long story"}}
        async with (
            app.http.stream("POST", "/chat/stream", **ask) as one,
            connect(f"{app.url.replace('http', 'ws')}/ws/chat"),
        ):
            assert one.status_code == 200
            refused = await app.http.post("/chat", **ask)
            assert (refused.status_code, refused.json()["limit"]) == (429, "streams")
            with pytest.raises(InvalidStatus) as closed:
                await connect(f"{app.url.replace('http', 'ws')}/v1/responses")
            assert closed.value.response.status_code == 429
            assert closed.value.response.headers["retry-after"] == "1"

        async def free() -> bool:
            return (await app.http.post("/chat", json={"messages": [], "x": 1})).status_code == 422

        await until(free, seconds=20)


async def test_keys_and_users_have_limits_of_their_own() -> None:
    async with guarded(now=standing_still(), limit_key="requests_per_minute=2") as app:
        ann, ben = await join(app, "ann"), await join(app, "ben")
        made = await app.http.post(
            "/api-keys", json={"name": "k", "limits": {"requests_per_minute": 1}}, headers=ann.headers
        )
        own, (_, other) = {"x-api-key": made.json()["key"]}, await make_key(app, ann.headers, "chat")
        assert [await ask(app, own) for _ in range(2)] == [200, 429]
        assert [await ask(app, {"x-api-key": other}) for _ in range(3)] == [200, 200, 429]
        assert await ask(app, ann.headers) == 200
        where = f"/admin/users/{ann.id}/limits"
        assert (await app.http.put(where, json={"requests_per_minute": 0}, headers=ben.headers)).status_code == 403
        assert (await app.http.put(where, json={"requests_per_minute": 0}, headers=ADMIN)).status_code == 204
        assert (await ask(app, ann.headers), await ask(app, ben.headers)) == (429, 200)
        shown = (await app.http.get("/limits", headers=ann.headers)).json()["limits"]
        assert {"scope": "user", "limit": "requests_per_minute", "most": 0, "left": 0}.items() <= shown[0].items()
        assert (await app.http.delete(where, headers=ADMIN)).status_code == 204
        assert await ask(app, ann.headers) == 200
        nobody = await app.http.put("/admin/users/999/limits", json={}, headers=ADMIN)
        assert nobody.status_code == 404


async def ask(app: Parley, headers: dict[str, str], **body: Any) -> int:
    answer = await app.http.post("/chat", json={"message": "hi", **body}, headers=headers)
    return answer.status_code
