"""Answers that must have a shape: what a model is told of it, and what is read of what it says."""

import json
import re
from typing import Any

from domain.conversation import PromptMessage, Role, Text
from domain.tool import ANY_OBJECT, JsonSchema

FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


def instructions_for(asked: JsonSchema) -> str:
    """What a model is told that nobody forces into the shape."""
    if asked == ANY_OBJECT:
        return "Answer with one JSON object and nothing else: no words around it, no code fence."
    return (
        "Answer with JSON that fits the JSON Schema below and with nothing else: no words around it, no code fence.\n"
        + json.dumps(asked.schema, ensure_ascii=False)
    )


def told_of_shape(messages: tuple[PromptMessage, ...], asked: JsonSchema) -> tuple[PromptMessage, ...]:
    """The messages with the shape among the first instructions."""
    shape = instructions_for(asked)
    if messages and messages[0].role is Role.SYSTEM:
        first = PromptMessage(Role.SYSTEM, (*messages[0].parts, Text(f"\n\n{shape}")))
        return (first, *messages[1:])
    return (PromptMessage(Role.SYSTEM, (Text(shape),)), *messages)


def asked_again(
    messages: tuple[PromptMessage, ...], answer: str, why: str, asked: JsonSchema
) -> tuple[PromptMessage, ...]:
    """The same question once more, with the answer that could not be used and the reason."""
    complaint = f"This answer cannot be used: {why}\n{instructions_for(asked)}"
    said = (PromptMessage(Role.ASSISTANT, (Text(answer),)),) if answer.strip() else ()
    return (*messages, *said, PromptMessage(Role.USER, (Text(complaint),)))


def json_in(answer: str) -> Any:
    """The JSON that an answer is, bare or in one code fence. Raises ValueError, saying what is wrong with it."""
    text = answer.strip()
    fenced = FENCED.fullmatch(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half of a surrogate pair") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value
