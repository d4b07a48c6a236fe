"""The tool `file_search`, as OpenAI's own client uses it."""

from typing import Any

import pytest
from openai import APIStatusError, AsyncOpenAI
from openai.types.responses import Response

from tests.support.app import Parley, until
from tests.support.library import put
from tests.support.people import guarded, join, make_key

QUESTION = "How long is the Nile in kilometres?"
MODEL = "demo:parrot"


async def store_of(app: Parley, client: AsyncOpenAI) -> tuple[str, str]:
    """A store with a file about rivers and one about cats; one more of the same words is not in it."""
    database = app.container.database()
    rivers = f"file_{await put(database)}"
    cats = f"file_{await put(database, 'Cats sleep near the Nile, of no length in kilometres.', name='cats.txt')}"
    await put(database, "The Nile is long, in kilometres.", name="other.txt")
    store = await client.vector_stores.create()
    files: Any = [{"file_id": rivers, "attributes": {"year": 2026}}, {"file_id": cats, "attributes": {"year": 2025}}]
    await client.vector_stores.file_batches.create(store.id, files=files)
    return store.id, rivers


def search_in(store: str, **more: Any) -> Any:
    return {"type": "file_search", "vector_store_ids": [store], **more}


def asked(searched: str, **more: Any) -> dict[str, Any]:
    always = {"model": MODEL, "input": QUESTION, "tool_choice": {"type": "file_search"}}
    return {**always, "tools": [search_in(searched)], **more}


def call_and_text(response: Response) -> tuple[Any, Any]:
    call, message = response.output
    assert (call.type, message.type) == ("file_search_call", "message")
    return call, message.content[0]  # type: ignore[union-attr]


async def test_files_are_searched_and_cited_whole_streamed_and_in_the_background(
    app: Parley, client: AsyncOpenAI
) -> None:
    store, rivers = await store_of(app, client)
    response = await client.responses.create(**asked(store, include=["file_search_call.results"]))
    call, said = call_and_text(response)
    assert (call.status, call.queries) == ("completed", [QUESTION])
    assert {result.filename for result in call.results} == {"rivers.txt", "cats.txt"}
    assert {"year": 2026} in [result.attributes for result in call.results]
    [citation] = said.annotations
    assert (citation.type, citation.file_id, citation.filename) == ("file_citation", rivers, "rivers.txt")
    [tool] = response.tools
    assert (tool.type, tool.vector_store_ids) == ("file_search", [store])  # type: ignore[union-attr]
    assert response.tool_choice.type == "file_search"  # type: ignore[union-attr]

    async with client.responses.stream(**asked(store)) as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()
    types = [event.type for event in events]
    begun = types.index("response.file_search_call.in_progress")
    assert types[begun - 1 : begun + 4] == [
        "response.output_item.added",
        "response.file_search_call.in_progress",
        "response.file_search_call.searching",
        "response.file_search_call.completed",
        "response.output_item.done",
    ]
    assert "response.output_text.annotation.added" in types
    assert call_and_text(final)[0].results is None
    kept = await client.responses.retrieve(final.id)
    assert kept.output[0].to_dict() == final.output[0].to_dict()
    assert str(kept.output[0].id).startswith("fs_")
    assert kept.output_text == final.output_text
    again = [event.type async for event in await client.responses.retrieve(final.id, stream=True)]
    assert again == types
    items = await client.conversations.items.list(final.conversation.id)  # type: ignore[union-attr]
    assert "file_search_call" in [item.type for item in items.data]

    begun_later = await client.responses.create(**asked(store, background=True, previous_response_id=final.id))

    async def is_over() -> bool:
        return (await client.responses.retrieve(begun_later.id)).status == "completed"

    await until(is_over, seconds=30)
    call_and_text(await client.responses.retrieve(begun_later.id))
    sent_back: Any = [*(item.to_dict() for item in kept.output), {"role": "user", "content": "Thanks"}]
    await client.responses.create(model=MODEL, input=sent_back)


async def test_only_what_passes_the_filters_is_found_beside_a_callers_tool(app: Parley, client: AsyncOpenAI) -> None:
    store, _ = await store_of(app, client)
    of_2025 = search_in(store, filters={"type": "lt", "key": "year", "value": 2026}, max_num_results=1)
    function = {"type": "function", "name": "look_up", "parameters": {"type": "object"}, "strict": False}
    more = {"tools": [of_2025, function], "include": ["file_search_call.results"]}
    response = await client.responses.create(**asked(store, **more))
    call, _ = call_and_text(response)
    assert [result.filename for result in call.results] == ["cats.txt"]
    answer = await client.responses.create(**asked(store, **more, tool_choice={"type": "function", "name": "look_up"}))
    assert [item.type for item in answer.output] == ["function_call"]
    await client.vector_stores.update(store, name="empty")
    nothing = search_in(store, filters={"type": "eq", "key": "year", "value": 1})
    response = await client.responses.create(**asked(store, tools=[nothing], include=["file_search_call.results"]))
    assert response.output[0].results == []  # type: ignore[union-attr]


async def test_what_cannot_be_searched_is_refused_before_anything_is_asked(app: Parley, client: AsyncOpenAI) -> None:
    store, _ = await store_of(app, client)
    no_filter = {"type": "eq", "key": "a", "value": ["x"]}
    for status, more in (
        (404, {"tools": [search_in("vs_900")]}),
        (404, {"tools": [search_in("nothing")]}),
        (400, {"store": False}),
        (400, {"tools": []}),
        (400, {"tools": [search_in(store), search_in(store)]}),
        (400, {"tools": [search_in(store, filters=no_filter)]}),
        (400, {"tools": [search_in(store), {"type": "parley:tool", "name": "search_documents"}]}),
    ):
        with pytest.raises(APIStatusError) as refused:
            await client.responses.create(**asked(store, **more))
        assert refused.value.status_code == status, more


async def test_a_key_for_chat_alone_asks_in_no_files() -> None:
    async with guarded() as app:
        ann = await join(app, "ann")
        _, secret = await make_key(app, ann.headers, "chat")
        tool = {"type": "file_search", "vector_store_ids": ["vs_1"]}
        part = {"type": "input_file", "file_id": "file_1"}
        for body in ({"input": "x", "tools": [tool]}, {"input": [{"role": "user", "content": [part]}]}):
            answer = await app.http.post("/v1/responses", json=body, headers={"authorization": f"Bearer {secret}"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
