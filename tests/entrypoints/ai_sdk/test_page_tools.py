"""Tools that the page runs: the model calls, the page gives outputs, and the answer goes on in the same message."""

import asyncio
import json
from typing import Any

import pytest

from tests.support.app import Parley
from tests.support.page import Page, text_of
from tests.support.provider import Script, ScriptedProvider
from tests.support.ui_stream import chunks_of, message_of

TOOLS = {
    "weather": {"description": "What the weather is", "inputSchema": {"type": "object"}},
    "tides": {"inputSchema": {"type": "object"}, "outputSchema": "is none of our business"},
}
WEATHER: dict[str, Any] = {"name": "weather", "arguments": {"in": "Bern"}}
BOTH = Script(words=2, calls=(WEATHER, {"name": "tides", "arguments": {}}), finish="tool_calls")
ONE = Script(words=0, calls=(WEATHER,), finish="tool_calls")


@pytest.fixture
def page(page: Page) -> Page:
    page.more = {"tools": TOOLS}
    return page


async def test_outputs_are_the_next_turn_and_the_message_goes_on(page: Page, provider: ScriptedProvider) -> None:
    provider.queue += [BOTH, ONE, Script(text="Blue.")]
    called = await page.ask("Rain?")
    assert [tool["function"]["name"] for tool in provider.calls[0].body["tools"]] == ["weather", "tides"]
    assert [part["state"] for part in called["parts"][2:]] == ["input-available"] * 2
    await page.give_outputs({"sky": "blue"}, "low")
    answer = await page.give_outputs({"sky": "still blue"})
    assert text_of(answer) == "w0 w1Blue."
    assert (await page.stored())[1:] == [answer]
    asked = provider.calls[2].body["messages"]
    assert [message["role"] for message in asked] == ["user", "assistant", "tool", "tool", "assistant", "tool"]
    assert [message["content"] for message in asked if message["role"] == "tool"] == [
        '{"sky":"blue"}', "low", '{"sky":"still blue"}',
    ]  # fmt: skip
    provider.default = Script(text="Yes.")
    await page.ask("Sure?")
    assert [message["role"] for message in await page.stored()] == ["user", "assistant"] * 2


async def test_outputs_sent_again_are_not_asked_again(page: Page, provider: ScriptedProvider) -> None:
    provider.queue += [ONE, Script(words=20, delay=0.005)]
    await page.ask("Rain?")
    page.messages[-1]["parts"][-1].update(state="output-available", output="dry")
    first, second = await asyncio.gather(page.post(), page.post())
    assert message_of(chunks_of(first.text), page.messages[-1]) == message_of(chunks_of(second.text), page.messages[-1])
    assert len(provider.calls) == 2


async def test_a_reload_amid_the_answer_to_outputs_resumes_the_whole_message(
    page: Page, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue += [BOTH, Script(words=10_000, delay=0.005)]
    await page.ask("Rain?")
    for part in page.messages[-1]["parts"][2:]:
        part.update(state="output-available", output=["x", 1])
    await page.leave(after="w3")
    later = await page.reloaded()
    assert [part["type"] for part in later.messages[-1]["parts"]] == [
        "step-start",
        "text",
        "tool-weather",
        "tool-tides",
    ]
    reading = asyncio.create_task(app.http.get(f"{page.url}/stream"))
    await provider.until(lambda: provider.calls[1].tokens_sent > 20, seconds=20)
    await app.http.post(f"{page.url}/stop")
    resumed = message_of(chunks_of((await reading).text))
    assert resumed == (await page.stored())[-1]
    assert resumed["id"] == page.messages[-1]["id"]
    assert [part["type"] for part in resumed["parts"]][-2:] == ["step-start", "text"]


async def test_a_tool_that_failed_and_a_call_that_is_no_json_are_told_to_the_model(
    page: Page, provider: ScriptedProvider
) -> None:
    broken = Script(words=0, calls=({"name": "weather", "arguments": '{"in": B'}, WEATHER), finish="tool_calls")
    provider.queue += [broken, Script(text="Sorry.")]
    called = await page.ask("Rain?")
    assert [part["state"] for part in called["parts"][1:]] == ["output-error", "input-available"]
    page.messages[-1]["parts"][2].update(state="output-error", errorText="no network")
    await page.answered(messageId=called["id"])
    told = [json.loads(m["content"]) for m in provider.calls[1].body["messages"] if m["role"] == "tool"]
    assert told == [{"error": "The model wrote arguments that are not JSON"}, {"error": "no network"}]


async def test_outputs_may_come_with_the_next_question_or_never(page: Page, provider: ScriptedProvider) -> None:
    provider.queue += [BOTH, Script(text="Dry."), ONE]
    await page.ask("Rain?")
    page.messages[-1]["parts"][2].update(state="output-available", output="dry")
    await page.ask("And?")
    roles = [message["role"] for message in provider.calls[1].body["messages"]]
    assert roles == ["user", "assistant", "tool", "user"]
    await page.ask("More?")
    await page.ask("Never mind.")
    assert provider.calls[3].body["messages"][-1]["content"] == "Never mind."
    assert [message["role"] for message in await page.stored()] == ["user", "assistant"] * 4


async def test_outputs_of_a_chat_that_is_not_known_bring_it_along(page: Page, provider: ScriptedProvider) -> None:
    call = {"type": "tool-weather", "toolCallId": "x", "state": "output-available", "input": {}, "output": "dry"}
    page.messages = [page.question("Rain?"), {"id": "a", "role": "assistant", "parts": [call]}]
    response = await page.post(messageId="a")
    assert response.status_code == 200, response.text
    assert [message["role"] for message in provider.calls[0].body["messages"]] == ["user", "assistant", "tool"]
    assert [message["role"] for message in await page.stored()] == ["user", "assistant"]


OUTPUTS: list[Any] = [
    "plain", "", "5", 5, 10**400, 1.5, True, None, [], {"a": [None, "\u2028"]}, '"quoted"', " 1e999", '{"a"', '{"a":1}',
]  # fmt: skip


async def test_outputs_come_back_as_they_were(page: Page, provider: ScriptedProvider) -> None:
    for output in OUTPUTS:
        provider.queue += [ONE]
        await page.ask("Rain?")
        await page.give_outputs(output)
    given = [part["output"] for message in page.messages for part in message["parts"] if "output" in part]
    stored = [part["output"] for message in await page.stored() for part in message["parts"] if "output" in part]
    assert given == OUTPUTS
    assert [*stored[:4], *stored[5:]] == [*OUTPUTS[:4], *OUTPUTS[5:]]


async def test_what_no_store_could_keep_is_refused(page: Page, app: Parley) -> None:
    call = '{"type":"tool-x","toolCallId":"c","state":"output-available","output":OUTPUT}'
    said = '{"id":"chat","messages":[{"id":"a","role":"assistant","parts":[CALL]}]}'.replace("CALL", call)
    for output in ('"\\ud800"', '{"a":"\\udfff"}', '{"\\ud800":1}', '"a\\u0000"', "[" * 957 + "]" * 957):
        body = said.replace("OUTPUT", output).encode()
        response = await app.http.post("/ai-sdk/chat", content=body, headers={"content-type": "application/json"})
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input"), output
    assert (await app.http.get("/conversations")).json() == []
