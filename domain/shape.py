"""Answers that must have a shape: what a model is told of it, and what is read of what it says."""

import json
import re
from typing import Any

from domain.conversation import PromptMessage, Role, Text
from domain.tool import ANY_OBJECT, JsonSchema

LONGEST_OPENING = 20
START_OF_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n")
END_OF_FENCE = re.compile(r"\s*`{0,3}\s*\Z")
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
    messages: tuple[PromptMessage, ...], answer: str, why: str, asked: JsonSchema | None = None
) -> tuple[PromptMessage, ...]:
    """The same question once more, with the answer that could not be used, the reason, and the shape if it has one."""
    wanted = instructions_for(asked) if asked else "Answer again."
    complaint = f"This answer cannot be used: {why}\n{wanted}"
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


class Unfenced:
    """Takes the code fence off an answer that comes in pieces. What may be the fence's end is held back until then."""

    def __init__(self) -> None:
        self._held = ""
        self._is_fenced: bool | None = None
        """None until the first words say whether there is a fence."""

    def feed(self, text: str) -> str:
        """What can be shown of it now."""
        self._held += text
        if self._is_fenced is None:
            self._look()
        if self._is_fenced is None:
            return ""
        kept = END_OF_FENCE.search(self._held) if self._is_fenced else None
        end = kept.start() if kept else len(self._held)
        shown, self._held = self._held[:end], self._held[end:]
        return shown

    def close(self) -> str:
        """What is left, less the fence's end."""
        rest, self._held = self._held, ""
        return rest.partition("```")[0].rstrip() if self._is_fenced else rest

    def _look(self) -> None:
        """Decide as soon as the first line does."""
        begun = self._held.lstrip()
        if begun and not begun.startswith("```"[: len(begun)]):
            self._is_fenced = False
        elif opening := START_OF_FENCE.match(begun):
            self._is_fenced, self._held = True, begun[opening.end() :]
        elif len(begun) > LONGEST_OPENING or "\n" in begun:
            self._is_fenced = False
