"""LangChain: `langchain_client.py BASE_URL MODEL CALLING_MODEL JSON_MODEL` prints what came of it."""

import asyncio
import json
import sys
from importlib.metadata import version
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

URL, MODEL, CALLING, JSON = sys.argv[1:]


class Weather(BaseModel):
    """How it is outside."""

    city: str
    degrees: int


@tool
def weather(city: str) -> str:
    """How it is outside."""
    return "sunny"


def model(name: str, **more: Any) -> ChatOpenAI:
    return ChatOpenAI(base_url=URL, api_key="any", model=name, max_retries=0, **more)


def told(**more: Any) -> dict[str, Any]:
    chat = model(MODEL, **more)
    whole = chat.invoke("Why does a river bend?")
    pieces = list(chat.stream("Why does a river bend?"))
    added = pieces[0]
    for piece in pieces[1:]:
        added += piece
    return {
        "same": whole.text == added.text and bool(whole.text),
        "pieces": len(pieces) > 2,
        "usage": bool(whole.usage_metadata and added.usage_metadata == whole.usage_metadata),
    }


def tools(**more: Any) -> dict[str, Any]:
    asking = model(CALLING, **more).bind_tools([weather])
    said: list[Any] = [HumanMessage("Call weather for me.")]
    call = asking.invoke(said)
    (streamed,) = [call for piece in asking.stream(said) for call in (piece.tool_call_chunks or []) if call["name"]]
    said += [call, *[weather.invoke(each) for each in call.tool_calls]]
    assert isinstance(call, AIMessage)
    assert isinstance(said[-1], ToolMessage)
    return {
        "call": [each["name"] for each in call.tool_calls],
        "streamed": streamed["name"],
        "answer": asking.invoke(said).text,
    }


def structured(**more: Any) -> bool:
    return isinstance(model(JSON, **more).with_structured_output(Weather).invoke("Where?"), Weather)


def chained() -> list[bool]:
    """Each turn sends only what is new and goes on from the last response, by its id."""
    chat = model(MODEL, use_responses_api=True, use_previous_response_id=True)
    said: list[Any] = [HumanMessage("One?")]
    for question in ("Two?", "Three?"):
        said += [chat.invoke(said), HumanMessage(question)]
    return [message.response_metadata["id"].startswith("resp_") for message in said if isinstance(message, AIMessage)]


async def asynchronous() -> list[bool]:
    """In one loop: the connections are kept for the next request."""
    answers = [await model(MODEL, use_responses_api=wish).ainvoke("Why?") for wish in (False, True)]
    return [bool(answer.text) for answer in answers]


embeddings = OpenAIEmbeddings(base_url=URL, api_key="any", model="demo:hashing", check_embedding_ctx_length=False)
over_responses = {"use_responses_api": True}
print(
    json.dumps(
        {
            "version": version("langchain-openai"),
            "chat": told(stream_usage=True),
            "chat tools": tools(),
            "chat structured": structured(),
            "responses": told(**over_responses),
            "responses tools": tools(**over_responses),
            "responses structured": structured(**over_responses),
            "chained": chained(),
            "asynchronous": asyncio.run(asynchronous()),
            "vectors": len(embeddings.embed_documents(["a river", "a bend"])),
        }
    )
)
