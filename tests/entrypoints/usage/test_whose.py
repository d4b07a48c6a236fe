"""Who sees whose usage, who is named in it, and what is left of an account."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.app import Parley
from tests.support.people import ADMIN, PASSWORD, Person, guarded, join, make_key
from tests.support.provider import ScriptedProvider

ASKED = {"messages": [{"role": "user", "content": "one two"}]}


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with ScriptedProvider() as provider:
        settings = {"openai_api_key": "sk-test", "openai_base_url": provider.url, "model": "openai:words=3"}
        async with guarded(**settings, fallback_models=("openai:words=2",), provider_attempts=1) as running:
            yield running


async def calls(app: Parley, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await app.http.get("/usage/calls", params=query, headers=headers)).json()
    return found


async def spend(app: Parley, headers: dict[str, str]) -> None:
    """A stored answer, one that is not stored, and a vector."""
    for path, body in (("/chat", {"message": "one"}), ("/chat", ASKED), ("/embed", {"texts": ["one"]})):
        assert (await app.http.post(path, json=body, headers=headers)).status_code == 200


async def test_everybody_sees_their_own_and_admins_see_all(app: Parley) -> None:
    ann, ben = await join(app, "ann"), await join(app, "ben")
    key_id, key = await make_key(app, ben.headers, "chat")
    await spend(app, ann.headers)
    await spend(app, {"x-api-key": key})

    seen = [(line["owner"], line["user_id"], line["key_id"]) for line in await calls(app, ann.headers)]
    assert seen == [(ann.owner, ann.id, None)] * 3
    assert {line["key_id"] for line in await calls(app, ben.headers)} == {key_id}
    assert {line["user_id"] for line in await calls(app, ben.headers)} == {ben.id}
    for query in ({"user_id": ann.id}, {"everybody": True}):
        assert (await app.http.get("/usage", params=query, headers=ben.headers)).status_code == 403
        assert (await app.http.get("/usage/calls", params=query, headers=ben.headers)).status_code == 403
    assert len(await calls(app, ADMIN, user_id=ann.id)) == 3
    assert len(await calls(app, ADMIN, everybody=True)) == 6
    assert len(await calls(app, ADMIN, everybody=True, key_id=key_id)) == 3
    report = (await app.http.get("/usage?everybody=true&group_by=user", headers=ADMIN)).json()
    assert [(group["group"], group["calls"]) for group in report["groups"]] == [(ann.id, 3), (ben.id, 3)]


async def test_days_are_bounds_and_a_span_that_is_none_is_refused(app: Parley) -> None:
    await spend(app, ADMIN)
    day = (await calls(app, ADMIN))[0]["at"][:10]
    assert (await app.http.get(f"/usage?from={day}&to={day}", headers=ADMIN)).json()["total"]["calls"] == 3
    assert (await app.http.get("/usage?from=2001-01-01&to=2001-12-31", headers=ADMIN)).json()["groups"] == []
    for bad in (
        "from=2026-02-02&to=2026-02-01",
        "to=9999-12-31",
        "from=yesterday",
        "to=0",
        f"to={day}T00:00",
        "group_by=x",
    ):
        assert (await app.http.get(f"/usage?{bad}", headers=ADMIN)).status_code == 422, bad


async def test_a_fallback_and_what_it_stands_in_for_have_a_line_each(app: Parley) -> None:
    for path, body in (("/chat", ASKED | {"model": "s503"}), ("/v1/chat/completions", ASKED | {"model": "s503"})):
        assert (await app.http.post(path, json=body, headers=ADMIN)).status_code == 200
    found = [(line["asked"], line["model"], line["outcome"]) for line in await calls(app, ADMIN)]
    assert found == [("s503", "openai:words=2", "completed"), ("s503", "openai:s503", "failed")] * 2


async def test_of_an_account_that_is_deleted_the_numbers_stay_and_nobody_is_in_them(app: Parley) -> None:
    ann: Person = await join(app, "ann")
    await spend(app, ann.headers)
    before = (await app.http.get("/usage?everybody=true", headers=ADMIN)).json()["total"]
    await spend(app, ann.headers)
    body = {"confirm": "ann", "password": PASSWORD}
    assert (await app.http.request("DELETE", "/me", json=body, headers=ann.headers)).status_code == 204
    lines = await calls(app, ADMIN, everybody=True)
    assert len(lines) == 6
    assert {(line["owner"], line["user_id"], line["run_id"], str(line["raw"])) for line in lines} == {
        ("nobody", None, None, "{}")
    }
    assert {line["at"][10:19] for line in lines} == {"T00:00:00"}
    after = (await app.http.get("/usage?everybody=true", headers=ADMIN)).json()["total"]
    assert after["input_tokens"] == 2 * before["input_tokens"]
