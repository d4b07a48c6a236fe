"""Files within a question: the model is shown what they say."""

import base64
from typing import Any

import pytest
from openai import APIStatusError, AsyncOpenAI

from tests.support.app import Parley
from tests.support.library import RIVERS, put
from tests.support.provider import ScriptedProvider

TEXT = b"The word is heliotrope."
DATA = "data:text/plain;base64," + base64.b64encode(TEXT).decode()
ASK: Any = {"type": "input_text", "text": "How long is the Nile?"}


def shown_to(provider: ScriptedProvider) -> str:
    content = provider.calls[-1].body["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
async def test_a_response_reads_files_whole(
    app: Parley, client: AsyncOpenAI, provider: ScriptedProvider, store: bool
) -> None:
    id = f"file_{await put(app.container.database())}"
    parts: Any = [
        {"type": "input_file", "file_id": id},
        {"type": "input_file", "file_data": DATA, "filename": "a.txt"},
        ASK,
    ]
    said: Any = [{"role": "user", "content": parts}]
    response = await client.responses.create(model="openai:plain", input=said, store=store)
    shown = shown_to(provider)
    assert RIVERS in shown
    assert "heliotrope" in shown
    assert "'rivers.txt'" in shown
    if store:
        await client.responses.create(model="openai:plain", input="and?", previous_response_id=response.id)
        assert "heliotrope" in str(provider.calls[-1].body), "the text is part of the conversation"


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
async def test_a_chat_completion_reads_files_also_where_the_provider_cannot(
    app: Parley, client: AsyncOpenAI, provider: ScriptedProvider, store: bool
) -> None:
    long = RIVERS + "\n\n" + "\n\n".join(f"Paragraph {n} is about nothing of it at all, really." for n in range(2_000))
    id = f"file_{await put(app.container.database(), long)}"
    for file in ({"file_id": id}, {"file_data": base64.b64encode(TEXT).decode(), "filename": "a.txt"}):
        content: Any = [{"type": "file", "file": file}, {"type": "text", "text": "How long is the Nile?"}]
        messages: Any = [{"role": "user", "content": content}]
        await client.chat.completions.create(model="openai:plain", messages=messages, store=store)
        shown = shown_to(provider)
        assert ("6650 kilometres" in shown) is ("file_id" in file)
        assert ("heliotrope" in shown) is ("file_data" in file)
        assert len(shown) < len(long) // 2, "of a long one only what has to do with the question"


async def test_what_cannot_be_read_is_refused(client: AsyncOpenAI) -> None:
    for status, file in (
        (404, {"file_id": "file_900"}),
        (400, {}),
        (400, {"file_id": "file_1", "file_data": DATA}),
        (400, {"file_data": "no base64!"}),
        (400, {"file_data": "data:text/plain,plain"}),
        (400, {"file_data": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(99)).decode(), "filename": "a.png"}),
    ):
        parts: Any = [{"role": "user", "content": [{"type": "input_file", **file}, ASK]}]
        messages: Any = [{"role": "user", "content": [{"type": "file", "file": file}]}]
        for asked in (
            client.responses.create(model="demo:parrot", input=parts),
            client.chat.completions.create(model="demo:parrot", messages=messages),
        ):
            with pytest.raises(APIStatusError) as refused:
                await asked
            assert refused.value.status_code == status, file
