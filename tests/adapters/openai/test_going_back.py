"""What servers want back of thoughts and calls, and wishes that they will not hear."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from application.ports.language_model import ModelFinished, ModelRequest
from domain.conversation import PromptMessage, ProviderState, Reasoning, Role, Text, ToolCall, ToolResult
from domain.run import answer_of
from tests.support.listening import Heard, hear, question
from tests.support.provider import Script, ScriptedProvider

CALL = {"name": "weather", "arguments": {"city": "Bern"}}


def chunks(*deltas: dict[str, Any], finish: str = "stop") -> Script:
    documents: list[dict[str, Any]] = [{"choices": [{"delta": delta}]} for delta in deltas]
    documents.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    return Script(raw="".join(f"data: {json.dumps(document)}\n\n" for document in documents) + "data: [DONE]\n\n")


def parts(heard: Heard) -> Any:
    return answer_of(event for event in heard.events if not isinstance(event, ModelFinished))


def state(data: dict[str, Any]) -> ProviderState:
    return ProviderState("openai", data, "m")


async def ask_again(model: OpenAILanguageModel, provider: ScriptedProvider, said: Any) -> dict[str, Any]:
    """The assistant's message as it goes back."""
    provider.default = Script()
    messages = (*question("Hi").messages, PromptMessage(Role.ASSISTANT, said), *question("And?").messages)
    assert (await hear(model, ModelRequest(model="m", messages=messages))).failure is None
    message: dict[str, Any] = provider.calls[-1].body["messages"][1]
    return message


async def test_reasoning_goes_back_in_its_field_where_the_server_wants_it(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    provider.default = Script(reasoning=2, calls=(CALL,), words=1)
    wanting = OpenAILanguageModel(connect(), reasoning_back="reasoning_content")
    said = parts(await hear(wanting, question("Hi", "m")))
    assert said[0] == Reasoning("r0 r1 ", state({"field": "reasoning_content"}))
    back = await ask_again(wanting, provider, said)
    assert (back["reasoning_content"], back["content"]) == ("r0 r1 ", "w0")

    provider.default = Script(reasoning=2)
    plain = OpenAILanguageModel(connect())
    said = parts(await hear(plain, question("Hi", "m")))
    assert said[0] == Reasoning("r0 r1 ")
    assert "reasoning_content" not in await ask_again(plain, provider, said)


async def test_details_of_reasoning_go_back_as_they_came(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    def detail(**fields: Any) -> dict[str, Any]:
        return {"reasoning_details": [{"type": "reasoning.text", "index": 0, **fields}]}

    secret = {"type": "reasoning.encrypted", "data": "x=", "id": "r1"}
    provider.default = chunks(
        {"reasoning": "I ", **detail(text="I ", signature=None)},
        {"reasoning": "see", **detail(text="see")},
        detail(signature="sig"),
        {"content": "Yes"},
        {"reasoning_details": [secret]},
    )
    said = parts(await hear(model, question("Hi", "m")))
    whole = {"type": "reasoning.text", "index": 0, "text": "I see", "signature": "sig"}
    assert said == (
        Reasoning("I see", state({"reasoning_details": [whole]})),
        Text("Yes"),
        Reasoning("", state({"reasoning_details": [secret]})),
    )
    assert (await ask_again(model, provider, said))["reasoning_details"] == [whole, secret]


async def test_what_came_with_a_call_goes_back_with_it(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    signed = {"google": {"thought_signature": "abc"}}
    call = {"index": 0, "id": "c1", "function": {"name": "weather", "arguments": "{}"}, "extra_content": signed}
    provider.default = chunks({"tool_calls": [call]}, finish="tool_calls")
    said = parts(await hear(model, question("Hi", "m")))
    assert said == (ToolCall("c1", "weather", "{}", state({"extra_content": signed})),)
    assert (await ask_again(model, provider, said))["tool_calls"][0]["extra_content"] == signed


async def test_wishes_that_a_model_does_not_hear_are_left_out_and_told(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("temperature",))
    asked = ModelRequest(model="m", messages=question("Hi").messages, temperature=0.5, top_p=0.5)
    for attempts in (2, 3):
        heard = await hear(model, asked)
        assert heard.finished
        assert heard.finished.dropped == ("temperature",)
        assert len(provider.calls) == attempts
    assert provider.calls[-1].body["top_p"] == 0.5


@pytest.mark.parametrize("id", ["call_of_another_vendor_with_a_very_long_name", "abcdefgh9"])
async def test_ids_of_calls_that_a_server_does_not_take_are_shortened(
    model: OpenAILanguageModel, provider: ScriptedProvider, id: str
) -> None:
    provider.queue.append(Script(status=400, message=f"Tool call id was {id} but must be a-z, A-Z, 0-9, of length 9"))
    messages = (
        *question("Hi").messages,
        PromptMessage(Role.ASSISTANT, (ToolCall(id, "weather", "{}"),)),
        PromptMessage(Role.TOOL, (ToolResult(id, "dry"),)),
    )
    assert (await hear(model, ModelRequest(model="m", messages=messages))).failure is None
    _, call, result = provider.calls[-1].body["messages"]
    assert call["tool_calls"][0]["id"] == result["tool_call_id"]
    assert len(result["tool_call_id"]) == 9
    assert (result["tool_call_id"] == id) is (len(id) == 9)
