"""Chat completions that are kept, through OpenAI's own client."""

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.app import Parley
from tests.support.provider import Script, ScriptedProvider

MESSAGES: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
TOOL: Any = {"type": "function", "function": {"name": "weather"}}


async def test_a_completion_is_kept_as_a_conversation(client: AsyncOpenAI, app: Parley) -> None:
    whole = await client.chat.completions.create(model="plain", messages=MESSAGES, store=True)
    number = whole.id.removeprefix("chatcmpl-")
    response = await client.responses.retrieve(f"resp_{number}")
    assert response.output_text == whole.choices[0].message.content
    run = (await app.http.get(f"/runs/{number}")).json()
    messages = (await app.http.get(f"/conversations/{run['conversation_id']}/messages")).json()["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant"]


async def test_a_kept_completion_streams_like_any_other(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    said = []
    for store in (True, False):
        provider.queue.append(
            Script(words=3, reasoning=1, calls=({"name": "weather", "arguments": "{}"},), finish="tool_calls")
        )
        async with client.chat.completions.stream(
            model="plain", messages=MESSAGES, store=store, tools=[TOOL], stream_options={"include_usage": True}
        ) as stream:
            async for _ in stream:
                pass
            final = await stream.get_final_completion()
        said.append((final.choices[0].message, final.choices[0].finish_reason, final.usage))
    assert said[0] == said[1]
    assert provider.calls[0].body["messages"] == provider.calls[1].body["messages"]


async def test_a_kept_completion_that_fails_is_an_error(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="error_in_stream", messages=MESSAGES, store=True, stream=True)
    with pytest.raises(openai.APIError):
        async for _ in stream:
            pass
    with pytest.raises(openai.APIStatusError):
        await client.chat.completions.create(model="error_in_stream", messages=MESSAGES, store=True)


async def test_a_key_keeps_one_completion(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    wishes: Any = {"model": "plain", "messages": MESSAGES, "store": True, "extra_headers": {"Idempotency-Key": "k"}}
    assert await client.chat.completions.create(**wishes) == await client.chat.completions.create(**wishes)
    assert len(provider.calls) == 1
