"""Items that are named by their ids instead of being sent, through OpenAI's own client."""

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.provider import Script, ScriptedProvider

WEATHER: Any = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}


def to(id: str | None) -> Any:
    return {"type": "item_reference", "id": id}


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def asked(provider: ScriptedProvider) -> list[tuple[str, Any]]:
    return [(message["role"], message["content"]) for message in provider.calls[-1].body["messages"]]


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
async def test_items_of_any_conversation_of_ones_own_are_said_again(
    client: AsyncOpenAI, provider: ScriptedProvider, store: bool
) -> None:
    provider.queue.append(Script(words=2, reasoning=2))
    first = await client.responses.create(model="plain", input="One?")
    thought, answer = first.output
    (question,) = (await client.responses.input_items.list(first.id)).data
    again = [to(str(question.id)), to(str(thought.id)), to(str(answer.id)), user("Two?")]
    await client.responses.create(model="plain", input=again, store=store)
    assert asked(provider) == [("user", "One?"), ("assistant", "w0 w1"), ("user", "Two?")]


async def test_a_call_is_named_and_its_result_sent(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    calls = tuple({"name": "weather", "arguments": {"city": city}} for city in ("Bern", "Rome"))
    provider.queue.append(Script(words=0, calls=calls, finish="tool_calls"))
    first = await client.responses.create(model="plain", input="Weather?", tools=[WEATHER])
    second: Any = first.output[1]
    result: Any = {"type": "function_call_output", "call_id": second.call_id, "output": "sunny"}
    for previous in (None, first.id):
        await client.responses.create(model="plain", input=[to(second.id), result], previous_response_id=previous)
        *_, call, answered = provider.calls[-1].body["messages"]
        assert [each["function"]["arguments"] for each in call["tool_calls"]] == ['{"city": "Rome"}']
        assert (answered["role"], answered["content"]) == ("tool", "sunny")


async def test_what_goes_before_anyway_is_not_said_twice(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    first = await client.responses.create(model="plain", input="One?")
    answer = to(first.output[0].id)
    for store in (False, True):
        await client.responses.create(
            model="plain", input=[answer, user("Two?")], previous_response_id=first.id, store=store
        )
        assert asked(provider) == [("user", "One?"), ("assistant", first.output_text), ("user", "Two?")]
    with pytest.raises(openai.BadRequestError):
        await client.responses.create(model="plain", input=[answer], previous_response_id=first.id)


async def test_a_conversation_takes_them_too(client: AsyncOpenAI) -> None:
    first = await client.responses.create(model="plain", input="One?")
    made = await client.conversations.create(items=[to(first.output[0].id)])
    await client.conversations.items.create(made.id, items=[to(first.output[0].id), user("Two?")])
    items = await client.conversations.items.list(made.id, order="asc")
    data: Any = items.data
    texts = [item.content[0].text for item in data]
    assert texts == [first.output_text, first.output_text, "Two?"]


async def test_what_is_not_there_is_told_by_its_place(client: AsyncOpenAI) -> None:
    stored = await client.responses.create(model="plain", input="One?")
    passing = await client.responses.create(model="plain", input="One?", store=False)
    writing = await client.responses.create(model="delay=0.1,words=100", input="One?", background=True)
    pending = f"msg_{int(str(stored.output[0].id).removeprefix('msg_')) + 2}"
    wrong: list[str | None] = [
        "nothing",
        "msg_999999",
        "fc_1",
        "rs_2",
        "msg_1_1",
        "cmp_1",
        pending,
        passing.output[0].id,
    ]
    for id in wrong:
        for store in (True, False):
            with pytest.raises(openai.NotFoundError) as missing:
                await client.responses.create(model="plain", input=[user("a"), to(id)], store=store)
            assert (missing.value.code, missing.value.param) == ("item_not_found", "input[1].id")
    await client.responses.cancel(writing.id)


async def test_a_call_that_the_server_carried_out_is_named_or_sent_back_with_what_came_of_it(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=0, calls=({"name": "calculator", "arguments": {"expression": "6*7"}},)))
    tools: Any = [{"type": "parley:tool", "name": "calculator"}]
    first = await client.responses.create(model="plain", input="How much?", tools=tools)
    call = first.output[0]
    assert call.type == "mcp_call"
    question: Any = {"type": "parley:approval_request", "id": "apr_1"}
    for said in (to(call.id), call.to_dict()):
        again: Any = [user("How much?"), question, said, user("Sure?")]
        sent = await client.responses.create(model="plain", input=again)
        _, asked_for, result, _ = provider.calls[-1].body["messages"]
        assert asked_for["tool_calls"][0]["function"]["arguments"] == '{"expression": "6*7"}'
        assert (result["role"], result["content"]) == ("tool", call.output)
        items = (await client.responses.input_items.list(sent.id, order="asc")).data
        assert [item.type for item in items] == ["message", "mcp_call", "message"]
