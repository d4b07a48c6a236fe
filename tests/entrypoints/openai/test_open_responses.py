"""The cases of the Open Responses compliance suite, over HTTP: asked in our own words, held against its schema."""

from typing import Any

import pytest

from tests.support.app import Parley
from tests.support.open_responses import checked_stream, faults
from tests.support.provider import Script, ScriptedProvider

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: dict[str, Any] = {"type": "function", "name": "get_weather", "description": "Outside", "parameters": CITY}
ASKED = "What's the weather like in Bern?"
CALL = Script(words=0, calls=({"name": "get_weather", "arguments": {"city": "Bern"}},), finish="tool_calls")


@pytest.fixture(params=["plain", "demo:parrot"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": content, **more}


CASES: dict[str, list[dict[str, Any]]] = {
    "a text": [message("user", "Say hello.")],
    "a system prompt": [message("system", "Speak like a pirate."), message("user", "Say hello.")],
    "a picture": [
        message("user", [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PIXEL}])
    ],
    "several turns": [message("user", "I am Ann."), message("assistant", "Hello Ann!"), message("user", "Who am I?")],
    "phases": [
        message("assistant", "Let me look it up.", phase="commentary"),
        message("assistant", "It is four.", phase="final_answer"),
        message("user", "Only the number."),
    ],
}


async def respond(app: Parley, **wish: Any) -> dict[str, Any]:
    answered = await app.http.post("/v1/responses", json=wish)
    assert answered.status_code == 200, answered.text
    document: dict[str, Any] = answered.json()
    assert faults(document) == []
    return document


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize("input", CASES.values(), ids=CASES.keys())
async def test_a_response_has_every_field_and_an_answer(app: Parley, model: str, input: Any, store: bool) -> None:
    response = await respond(app, model=model, input=input, store=store)
    assert (response["status"], response["store"]) == ("completed", store)
    assert [item["type"] for item in response["output"]] == ["message"]
    if store:
        again = (await app.http.get(f"/v1/responses/{response['id']}")).json()
        assert again == response


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("demo:parrot", "completed"), ("plain", "completed"), ("reasoning", "completed"), ("call", "completed"),
        ("length", "incomplete"), ("error_in_stream", "failed"), ("words=0,refusal=No.", "completed"),
    ],
)  # fmt: skip
async def test_every_event_of_a_stream_is_well_formed_and_in_its_place(
    app: Parley, name: str, ending: str, store: bool
) -> None:
    wish = {"model": name, "input": "Count to five.", "stream": True, "store": store, "tools": [WEATHER]}
    answered = await app.http.post("/v1/responses", json=wish)
    assert answered.headers["content-type"].split(";")[0] == "text/event-stream"
    events = checked_stream(answered.text)
    assert events[-1]["type"] == f"response.{ending}"


async def test_a_background_stream_begins_as_queued(app: Parley) -> None:
    wish = {"model": "plain", "input": "Count to five.", "stream": True, "background": True}
    events = checked_stream((await app.http.post("/v1/responses", json=wish)).text)
    assert [event["response"]["status"] for event in events[:3]] == ["queued", "queued", "in_progress"]


async def test_a_function_is_called_and_its_result_answered(
    app: Parley, provider: ScriptedProvider, model: str
) -> None:
    provider.queue += [CALL, CALL] if model == "plain" else []
    asked = await respond(app, model=model, input=[message("user", ASKED)], tools=[WEATHER])
    assert [item["type"] for item in asked["output"]] == ["function_call"]
    streamed = await app.http.post(
        "/v1/responses", json={"model": model, "input": ASKED, "tools": [WEATHER], "stream": True}
    )
    names = [event["type"].removeprefix("response.") for event in checked_stream(streamed.text)]
    assert {"function_call_arguments.delta", "function_call_arguments.done"} <= set(names)

    result = {"type": "function_call_output", "call_id": asked["output"][0]["call_id"], "output": "sunny"}
    answered = await respond(app, model=model, input=[result], previous_response_id=asked["id"], tools=[WEATHER])
    assert [item["type"] for item in answered["output"]] == ["message"]


@pytest.mark.parametrize("given", [CASES["phases"], [message("assistant", "a", phase="commentary"), *CASES["a text"]]])
async def test_a_phase_is_kept_and_given_back(app: Parley, given: Any) -> None:
    response = await respond(app, model="plain", input=given)
    expected = [item.get("phase") for item in given]
    items = (await app.http.get(f"/v1/responses/{response['id']}/input_items?order=asc")).json()["data"]
    assert [item.get("phase") for item in items] == expected
    conversation = response["conversation"]["id"]
    all_items = (await app.http.get(f"/v1/conversations/{conversation}/items?order=asc")).json()["data"]
    assert [item.get("phase") for item in all_items] == [*expected, None]
    assert [fault for item in all_items for fault in faults(item, "item")] == []


async def test_a_phase_that_there_is_not_is_refused(app: Parley) -> None:
    wish = {"model": "plain", "input": [message("assistant", "a", phase="thinking"), *CASES["a text"]]}
    refused = await app.http.post("/v1/responses", json=wish)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input[0].phase")


async def test_a_conversation_is_compacted_and_gone_on_with(app: Parley, model: str) -> None:
    wish = {"model": model, "input": CASES["several turns"][:2], "prompt_cache_key": "a key"}
    compacted = (await app.http.post("/v1/responses/compact", json=wish)).json()
    assert faults(compacted, "compaction") == []
    assert [item["type"] for item in compacted["output"]] == ["compaction"]
    await respond(app, model=model, input=[*compacted["output"], *CASES["a text"]])
    refused = await app.http.post("/v1/responses/compact", json={"input": CASES["a text"]})
    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, "model", "missing_required_parameter")


async def test_what_was_asked_for_is_told_again_and_reaches_the_provider(
    app: Parley, provider: ScriptedProvider
) -> None:
    time = {"type": "function", "name": "time"}
    allowed = {"type": "allowed_tools", "tools": [{"type": "function", "name": "time"}]}
    wishes: dict[str, Any] = {
        "instructions": "Be brief.", "temperature": 0.5, "top_p": 0.25, "presence_penalty": 1,
        "frequency_penalty": -1.5, "max_output_tokens": 99, "max_tool_calls": 3, "metadata": {"a": "b"},
        "parallel_tool_calls": False, "safety_identifier": "s", "prompt_cache_key": "p", "service_tier": "flex",
        "truncation": "auto", "reasoning": {"effort": "low", "summary": "auto"}, "tools": [WEATHER, time],
        "tool_choice": allowed,
        "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "thing", "schema": CITY}},
    }  # fmt: skip
    provider.queue.append(Script(text='{"city": "Bern"}'))
    response = await respond(app, model="plain", input="a", **wishes)
    kept = (await app.http.get(f"/v1/responses/{response['id']}")).json()
    for told in (response, kept):
        assert {name: told[name] for name in wishes if name not in ("tools", "tool_choice", "text")} == {
            name: value for name, value in wishes.items() if name not in ("tools", "tool_choice", "text")
        }
        assert [tool["name"] for tool in told["tools"]] == ["get_weather", "time"]
        assert told["tool_choice"] == {**allowed, "mode": "auto"}
        assert (told["text"]["verbosity"], told["text"]["format"]["strict"]) == ("low", False)
    body = provider.calls[-1].body
    assert [tool["function"]["name"] for tool in body["tools"]] == ["time"]
    assert (body["presence_penalty"], body["frequency_penalty"], body["service_tier"]) == (1, -1.5, "flex")
    refused = await app.http.post("/v1/responses", json={"model": "plain", "input": "a", "top_logprobs": 2})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "top_logprobs")
