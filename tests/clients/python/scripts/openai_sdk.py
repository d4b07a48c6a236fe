"""OpenAI's own SDK, of any major: `openai_sdk.py BASE_URL MODEL CALLING_MODEL JSON_MODEL` prints what came of it."""

import asyncio
import json
import sys
from typing import Any

import openai
from pydantic import BaseModel

URL, MODEL, CALLING, JSON = sys.argv[1:]
QUESTION = "Call weather for me."
MESSAGES: Any = [{"role": "user", "content": QUESTION}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION: Any = {"name": "weather", "description": "How it is outside", "parameters": CITY}
client = openai.OpenAI(base_url=URL, api_key="any", max_retries=0)


class Weather(BaseModel):
    city: str
    degrees: int


def chat() -> dict[str, Any]:
    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    stream = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    parsed = client.chat.completions.parse(model=JSON, messages=MESSAGES, response_format=Weather)
    return {
        "same": whole.choices[0].message.content == text,
        "text": text,
        "usage": chunks[-1].usage is not None and chunks[-1].usage == whole.usage,
        "parsed": isinstance(parsed.choices[0].message.parsed, Weather),
    }


def chat_tools() -> dict[str, Any]:
    tools: Any = [{"type": "function", "function": FUNCTION}]
    asked = client.chat.completions.create(model=CALLING, messages=MESSAGES, tools=tools)
    message = asked.choices[0].message
    call = message.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    answered = client.chat.completions.create(model=CALLING, messages=[*MESSAGES, message, result], tools=tools)
    return {
        "finish": asked.choices[0].finish_reason,
        "call": [call.function.name, sorted(json.loads(call.function.arguments))],
        "answer": answered.choices[0].message.content,
    }


def responses() -> dict[str, Any]:
    first = client.responses.create(model=MODEL, input=QUESTION, metadata={"a": "b"})
    with client.responses.stream(model=MODEL, input="And then?", previous_response_id=first.id) as stream:
        numbers = [event.sequence_number for event in stream]
        second = stream.get_final_response()
    again = list(client.responses.retrieve(second.id, stream=True, starting_after=numbers[2]))
    parsed = client.responses.parse(model=JSON, input=QUESTION, text_format=Weather)
    items = [item.content[0].text for item in client.responses.input_items.list(second.id)]
    client.responses.delete(first.id)
    return {
        "texts": [bool(first.output_text), bool(second.output_text)],
        "kept": client.responses.retrieve(second.id).output_text == second.output_text,
        "numbers": numbers == list(range(len(numbers))),
        "resumed": [event.sequence_number for event in again] == numbers[3:],
        "parsed": isinstance(parsed.output_parsed, Weather),
        "items": items,
        "metadata": first.metadata,
    }


def responses_tools() -> dict[str, Any]:
    tools: Any = [{"type": "function", **FUNCTION, "strict": False}]
    asked = client.responses.create(model=CALLING, input=QUESTION, tools=tools)
    call = asked.output[0]
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    chained = client.responses.create(model=CALLING, input=[result], previous_response_id=asked.id, tools=tools)
    named: Any = [{"role": "user", "content": QUESTION}, {"type": "item_reference", "id": call.id}, result]
    by_name = client.responses.create(model=CALLING, input=named, tools=tools, store=False)
    return {"call": call.name, "answers": [chained.output_text, by_name.output_text]}


def conversations() -> list[str]:
    conversation = client.conversations.create(metadata={"topic": "rivers"})
    client.responses.create(model=MODEL, input=QUESTION, conversation=conversation.id)
    return [item.role for item in client.conversations.items.list(conversation.id, order="asc")]


def others() -> dict[str, Any]:
    vectors = client.embeddings.create(model="demo:hashing", input=["a river", "a bend"], dimensions=8)
    models = [model.id for model in client.models.list()]
    return {"vectors": [len(each.embedding) for each in vectors.data], "model": client.models.retrieve(models[0]).id}


def errors() -> list[list[Any]]:
    wishes: list[Any] = [
        {"temperature": 9},
        {"previous_response_id": "resp_999999"},
        {"conversation": "conv_999999"},
    ]
    told = []
    for wish in wishes:
        try:
            client.responses.create(model=MODEL, input=QUESTION, **wish)
        except openai.APIStatusError as error:
            told.append([type(error).__name__, error.code, error.param, bool(error.request_id)])
    return told


async def in_the_background() -> str:
    async with openai.AsyncOpenAI(base_url=URL, api_key="any") as client:
        made = await client.responses.create(model=MODEL, input=QUESTION, background=True)
        while made.status in ("queued", "in_progress"):
            await asyncio.sleep(0.05)
            made = await client.responses.retrieve(made.id)
        return made.status


print(
    json.dumps(
        {
            "version": openai.__version__,
            "chat": chat(),
            "chat tools": chat_tools(),
            "responses": responses(),
            "responses tools": responses_tools(),
            "conversations": conversations(),
            "others": others(),
            "errors": errors(),
            "background": asyncio.run(in_the_background()),
        }
    )
)
