"""One cited answer on every surface: each tells the source before its number, and its words at the end."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.app import Parley
from tests.support.library import put

QUESTION = "How long is the Nile in kilometres?"


@pytest.fixture
async def conversation(app: Parley) -> int:
    id = await put(app.container.database(), paged=True)
    made = await app.http.post("/conversations", json={"documents": [id]})
    return int(made.json()["id"])


def data_of(text: str) -> list[dict[str, Any]]:
    found = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(each) for each in found if each != "[DONE]"]


async def test_a_response_has_annotations(app: Parley, conversation: int) -> None:
    body = {"input": QUESTION, "conversation": f"conv_{conversation}", "stream": True}
    events = data_of((await app.http.post("/v1/responses", json=body)).text)
    [added] = [event for event in events if event["type"] == "response.output_text.annotation.added"]
    said = "".join(e["delta"] for e in events[: events.index(added)] if e["type"] == "response.output_text.delta")
    annotation = added["annotation"]
    assert (annotation["type"], annotation["file_id"], annotation["index"]) == ("file_citation", "file_1", len(said))
    ended = events[-1]["response"]
    [part] = ended["output"][0]["content"]
    assert part["text"][annotation["index"] :].startswith(f"[{annotation['number']}]")
    [checked] = part["annotations"]
    assert (checked["verified"], checked["page"]) == (True, 2)
    assert "6650" in checked["quote"]
    kept = (await app.http.get(f"/v1/responses/{ended['id']}")).json()
    assert kept["output"] == ended["output"]


async def test_a_page_gets_a_source_document(app: Parley) -> None:
    id = await put(app.container.database())
    question = {"id": "q", "role": "user", "parts": [{"type": "text", "text": "Hello"}]}
    await app.http.post("/ai-sdk/chat", json={"id": "chat", "messages": [question]})
    [listed] = (await app.http.get("/conversations")).json()
    await app.http.patch(f"/conversations/{listed['id']}", json={"documents": [id]})
    asked = {"id": "q2", "role": "user", "parts": [{"type": "text", "text": QUESTION}]}
    chunks = data_of((await app.http.post("/ai-sdk/chat", json={"id": "chat", "messages": [asked]})).text)
    types = [chunk["type"] for chunk in chunks]
    [source] = [chunk for chunk in chunks if chunk["type"] == "source-document"]
    said = "".join(chunk.get("delta", "") for chunk in chunks[: types.index("source-document")])
    assert "[" not in said
    assert (source["filename"], source["mediaType"]) == ("rivers.txt", "text/plain")
    [metadata] = [chunk for chunk in chunks if chunk["type"] == "message-metadata"]
    assert metadata["messageMetadata"]["sources"][0]["verified"]
    shown = (await app.http.get("/ai-sdk/chat/chat")).json()
    messages = shown["messages"] if isinstance(shown, dict) else shown
    [kept] = [part for part in messages[-1]["parts"] if part["type"] == "source-document"]
    assert kept["sourceId"] == source["sourceId"]
    assert kept["providerMetadata"]["parley"] == metadata["messageMetadata"]["sources"][0]


async def test_a_socket_and_an_event_source_tell_of_sources(app: Parley, conversation: int) -> None:
    async with connect(f"ws{app.url[4:]}/ws/chat") as socket:
        await socket.send(json.dumps({"message": QUESTION, "conversation_id": conversation}))
        frames = [json.loads(await socket.recv())]
        while frames[-1]["type"] != "done":
            frames.append(json.loads(await socket.recv()))
    types = [frame["type"] for frame in frames]
    assert types.index("source") < types.index("sources")
    assert frames[types.index("sources")]["sources"][0]["verified"]
    params: dict[str, str | int] = {"prompt": QUESTION, "conversation_id": conversation}
    events = (await app.http.get("/chat/sse", params=params)).text
    first = json.loads(events.partition("data: ")[2].partition("\n")[0])
    assert first["conversation_id"] == conversation
    assert events.index("event: source\n") < events.index("event: sources\n")
