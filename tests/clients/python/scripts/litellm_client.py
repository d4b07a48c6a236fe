"""LiteLLM as a client: `litellm_client.py BASE_URL MODEL CALLING_MODEL JSON_MODEL` prints what came of it."""

import json
import sys
from importlib.metadata import version
from typing import Any

import litellm
from pydantic import BaseModel

URL, MODEL, CALLING, JSON = sys.argv[1:]
MESSAGES: Any = [{"role": "user", "content": "Call weather for me."}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "parameters": CITY}}]
where: Any = {"api_base": URL, "api_key": "any", "max_retries": 0}


class Weather(BaseModel):
    city: str
    degrees: int


def ask(model: str, messages: Any = MESSAGES, **more: Any) -> Any:
    return litellm.completion(model=f"openai/{model}", messages=messages, **where, **more)


def chat() -> dict[str, Any]:
    whole = ask(MODEL)
    pieces = [piece.choices[0].delta.content or "" for piece in ask(MODEL, stream=True)]
    typed = ask(JSON, response_format=Weather)
    return {
        "same": whole.choices[0].message.content == "".join(pieces),
        "pieces": len(pieces) > 2,
        "usage": whole.usage.completion_tokens > 0,
        "structured": bool(Weather.model_validate_json(typed.choices[0].message.content)),
    }


def tools() -> dict[str, Any]:
    message = ask(CALLING, tools=TOOLS).choices[0].message
    call = message.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    answered = ask(CALLING, [*MESSAGES, message.model_dump(), result], tools=TOOLS)
    return {"call": call.function.name, "answer": answered.choices[0].message.content}


def responses() -> dict[str, Any]:
    first = litellm.responses(model=f"openai/{MODEL}", input="One?", **where)
    stream = litellm.responses(
        model=f"openai/{MODEL}", input="Two?", previous_response_id=first.id, stream=True, **where
    )
    types = [str(getattr(event.type, "value", event.type)) for event in stream]
    return {"text": bool(first.output[0].content[0].text), "last": types[-1]}


def errors() -> list[Any]:
    try:
        ask(MODEL, temperature=9)
    except litellm.BadRequestError as error:
        return [error.status_code]
    return []


vectors = litellm.embedding(model="openai/demo:hashing", input=["a river", "a bend"], **where)
print(
    json.dumps(
        {
            "version": version("litellm"),
            "chat": chat(),
            "tools": tools(),
            "responses": responses(),
            "errors": errors(),
            "vectors": len(vectors.data),
        }
    )
)
