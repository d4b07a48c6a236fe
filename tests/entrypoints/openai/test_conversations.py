"""Conversations through OpenAI's own client: the same as the native routes'."""

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.app import Parley
from tests.support.databases import EVERY_DATABASE
from tests.support.provider import Script, ScriptedProvider

WEATHER: Any = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}
ITEMS: list[Any] = [
    {"role": "user", "content": [
        {"type": "input_text", "text": "What is it?"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "low"},
    ]},
    {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    {"role": "assistant", "content": "It is sunny."},
]  # fmt: skip


async def words_in(client: AsyncOpenAI, id: str, **wishes: Any) -> list[str]:
    return [
        "".join(part.text for part in item.content if hasattr(part, "text")) if item.type == "message" else item.type
        async for item in client.conversations.items.list(id, **wishes)
    ]


async def test_a_conversation_is_made_changed_and_deleted(client: AsyncOpenAI) -> None:
    made = await client.conversations.create(metadata={"a": "b"})
    assert (made.object, made.metadata) == ("conversation", {"a": "b"})
    assert await client.conversations.retrieve(made.id) == made
    changed = await client.conversations.update(made.id, metadata={"c": "d"})
    assert changed.metadata == {"c": "d"}
    assert (await client.conversations.retrieve(made.id)).metadata == {"c": "d"}
    assert (await client.conversations.delete(made.id)).deleted
    with pytest.raises(openai.NotFoundError):
        await client.conversations.retrieve(made.id)


@EVERY_DATABASE
async def test_a_response_goes_into_the_conversation_that_it_names(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    conversation = await client.conversations.create(items=ITEMS)
    first = await client.responses.create(model="plain", input="And now?", conversation=conversation.id)
    assert first.conversation
    assert first.conversation.id == conversation.id
    roles = [message["role"] for message in provider.calls[0].body["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    said = await words_in(client, conversation.id, order="asc")
    assert said == [
        "What is it?",
        "function_call",
        "function_call_output",
        "It is sunny.",
        "And now?",
        first.output_text,
    ]
    listed = await client.conversations.items.list(conversation.id, order="desc", limit=1)
    assert listed.data[0].id == first.output[0].id
    picture = (await client.conversations.items.list(conversation.id, order="asc", limit=1)).data[0]
    assert picture.content[1].detail == "low"  # type: ignore[union-attr]


async def test_items_come_in_pages_in_both_orders(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    conversation = await client.conversations.create()
    for number in range(3):
        provider.queue.append(Script(reasoning=1, calls=({"name": "weather", "arguments": "{}"},), finish="tool_calls"))
        await client.responses.create(
            model="plain", input=f"Question {number}", conversation=conversation.id, tools=[WEATHER]
        )
    every = [item.id async for item in client.conversations.items.list(conversation.id, limit=100, order="asc")]
    assert len(every) == 12
    for limit in (1, 3, 5):
        asc = [item.id async for item in client.conversations.items.list(conversation.id, limit=limit, order="asc")]
        desc = [item.id async for item in client.conversations.items.list(conversation.id, limit=limit)]
        assert asc == every
        assert desc == every[::-1]
    for id in every:
        assert (await client.conversations.items.retrieve(id, conversation_id=conversation.id)).id == id


@EVERY_DATABASE
async def test_items_are_added_and_deleted(client: AsyncOpenAI) -> None:
    conversation = await client.conversations.create(items=[{"role": "user", "content": "one"}])
    added = await client.conversations.items.create(
        conversation.id, items=[{"role": "assistant", "content": "two"}, {"role": "user", "content": "three"}]
    )
    assert [item.type for item in added.data] == ["message", "message"]
    assert await words_in(client, conversation.id, order="asc") == ["one", "two", "three"]
    deleted = await client.conversations.items.delete(added.data[1].id, conversation_id=conversation.id)
    assert deleted.id == conversation.id
    assert await words_in(client, conversation.id, order="asc") == ["one", "two"]
    with pytest.raises(openai.NotFoundError):
        await client.conversations.items.retrieve(added.data[1].id, conversation_id=conversation.id)


async def test_both_surfaces_see_the_same_conversations(client: AsyncOpenAI, app: Parley) -> None:
    native = (await app.http.post("/chat", json={"message": "Why?"})).json()
    id = f"conv_{native['conversation_id']}"
    more = await client.responses.create(model="plain", input="And then?", conversation=id)
    assert await words_in(client, id, order="asc") == ["Why?", native["reply"], "And then?", more.output_text]
    path = f"/conversations/{native['conversation_id']}/messages"
    messages = (await app.http.get(path)).json()["messages"]
    assert [message["content"] for message in messages] == ["Why?", native["reply"], "And then?", more.output_text]
    listed = (await app.http.get("/v1/conversations")).json()
    assert [each["id"] for each in listed["data"]] == [id]


async def test_conversations_are_listed_in_pages(client: AsyncOpenAI, app: Parley) -> None:
    made = [(await client.conversations.create()).id for _ in range(5)]
    seen: list[str] = []
    more = True
    while more:
        query = {"limit": 2, **({"after": seen[-1]} if seen else {})}
        page = (await app.http.get("/v1/conversations", params=query)).json()
        seen += [each["id"] for each in page["data"]]
        more = page["has_more"]
    assert seen == made[::-1]


async def test_what_is_not_there_is_not_found(client: AsyncOpenAI) -> None:
    conversation = await client.conversations.create()
    for id in ("conv_99", "conv_01", "resp_1", "é"):
        with pytest.raises(openai.NotFoundError):
            await client.conversations.retrieve(id)
        with pytest.raises(openai.NotFoundError):
            await client.responses.create(model="plain", input="a", conversation=id)
    for id in ("msg_99", "fc_1", "x"):
        with pytest.raises(openai.NotFoundError):
            await client.conversations.items.retrieve(id, conversation_id=conversation.id)


async def test_more_than_a_few_items_at_once_are_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.conversations.create(items=[{"role": "user", "content": "a"}] * 21)
    assert refused.value.param == "items"
