"""A conversation is the same on both surfaces: what goes in by the one comes out by the other, part by part."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generated.items import TEXT, Item, Part, conversations, items_of_messages, parts_of_items
from tests.support.app import Parley, parley

AT_ONCE = 20
LIMITS = settings(
    max_examples=12, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Parley]:
    async with parley(database_url=database_url) as running:
        yield running


async def posted(app: Parley, path: str, body: Item) -> dict[str, Any]:
    response = await app.http.post(path, json=body)
    assert response.status_code < 300, response.text
    found: dict[str, Any] = response.json()
    return found


async def stored(app: Parley, items: list[Item]) -> str:
    """A conversation that begins with so many items as may come at once, and is told the others."""
    id: str = (await posted(app, "/v1/conversations", {"items": items[:AT_ONCE]}))["id"]
    for start in range(AT_ONCE, len(items), AT_ONCE):
        await posted(app, f"/v1/conversations/{id}/items", {"items": items[start : start + AT_ONCE]})
    return id


async def items_in(app: Parley, id: str) -> list[Item]:
    """All of them, read by pages."""
    items: list[Item] = []
    more = True
    while more:
        query = {"order": "asc", "limit": 7, **({"after": items[-1]["id"]} if items else {})}
        page = (await app.http.get(f"/v1/conversations/{id}/items", params=query)).json()
        items += page["data"]
        more = page["has_more"]
    return items


async def messages_in(app: Parley, id: str) -> list[dict[str, Any]]:
    answer = await app.http.get(f"/conversations/{id.removeprefix('conv_')}/messages", params={"limit": 100})
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def parts_in(messages: list[dict[str, Any]]) -> list[Part]:
    return [(message["role"], part) for message in messages for part in message["parts"]]


@LIMITS
@given(items=conversations())
async def test_items_come_out_as_messages_and_go_in_again(app: Parley, items: list[Item]) -> None:
    expected = parts_of_items(items)
    first = await stored(app, items)
    messages = await messages_in(app, first)
    assert parts_in(messages) == expected
    assert parts_of_items(await items_in(app, first)) == expected

    again = await stored(app, items_of_messages(messages))
    assert parts_in(await messages_in(app, again)) == expected

    asked = [*items_of_messages(messages), {"type": "message", "role": "user", "content": "And now?"}]
    response = await posted(app, "/v1/responses", {"input": asked})
    told = parts_in(await messages_in(app, response["conversation"]["id"]))
    assert told[: len(expected) + 1] == [*expected, ("user", {"type": "text", "text": "And now?"})]
    assert parts_of_items(response["output"]) == told[len(expected) + 1 :]


@LIMITS
@given(questions=st.lists(TEXT.filter(str.strip), min_size=1, max_size=3), other=TEXT.filter(str.strip))
async def test_messages_come_out_as_items(app: Parley, questions: list[str], other: str) -> None:
    """Also after a question was asked differently: then those of the branch that is gone on with."""
    where: dict[str, Any] = {}
    for question in questions:
        answer = await posted(app, "/chat", {"message": question, **where})
        where = {"conversation_id": answer["conversation_id"]}
    id = f"conv_{where['conversation_id']}"
    messages = await messages_in(app, id)
    assert [part["text"] for role, part in parts_in(messages) if role == "user"] == questions
    assert parts_of_items(await items_in(app, id)) == parts_in(messages)

    first = f"/conversations/{where['conversation_id']}/messages/{messages[0]['id']}"
    edited = await posted(app, f"{first}/edit", {"message": other})
    await app.http.get(f"/runs/{edited['id']}/events")
    assert parts_of_items(await items_in(app, id)) == parts_in(await messages_in(app, id))
