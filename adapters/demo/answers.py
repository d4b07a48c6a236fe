"""What the demo model answers to a request: a pure function of the messages."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from adapters.demo.instance import instance_of
from adapters.demo.reading import read_out, read_result
from adapters.demo.sayings import (
    GREETING,
    NOTHING_TO_REMEMBER,
    NOTICE,
    PARROTED_QUESTIONS,
    PARROTED_STATEMENTS,
    REMEMBERED,
    SHORT_NOTICE,
)
from adapters.demo.shows import ASKING, REASONING, SHOWS
from adapters.demo.tasks import framed_text, task_answer
from adapters.demo.tools import calls_for, results_in, told
from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage, Role, ToolCall

QUOTED_CHARACTERS = 300
MEMORY = re.compile(r"what (?:did|have|had) i (?:just )?(?:say|said|ask|asked|tell|told|write|written)\b")


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()


def answer_to(request: ModelRequest) -> Answer:
    """Raises ProviderRejectedRequest for a schema that nothing small fits."""
    said = [message.text for message in request.messages if message.role is Role.USER]
    question = said[-1] if said else ""
    if results := results_in(request.messages):
        read = (read_result(result.content, question) for result in results)
        return Answer(next(filter(None, read), None) or told(results))
    if from_sources := read_out(question):
        return Answer(from_sources)
    if calls := calls_for(request, question):
        return Answer("", calls=calls)
    framed = framed_text(question)
    if request.json_schema:
        instance = instance_of(request.json_schema.schema, framed or question)
        return Answer(json.dumps(instance, ensure_ascii=False))
    task = task_answer(_instructions(request.messages), framed) if framed else None
    if task is not None:
        return Answer(task)
    show = _show(question)
    if show is not None:
        return Answer(show, REASONING.get(show, ""))
    if MEMORY.search(question.casefold()):
        return Answer(_remembered(said[:-1]))
    first_time = all(message.role is not Role.ASSISTANT for message in request.messages)
    return Answer(f"{_parroted(question)}\n\n{NOTICE if first_time else SHORT_NOTICE}")


def _instructions(messages: Sequence[PromptMessage]) -> str:
    return next((message.text for message in messages if message.role is Role.SYSTEM), "")


def _show(question: str) -> str | None:
    """The show that a message asks for, and asks for nothing else: "How long is the Nile?" is talk."""
    words = re.findall(r"\w+", question.casefold())
    if not ASKING.issuperset(words):
        return None
    asked = f" {' '.join(words)} "
    return next((show for names, show in SHOWS.items() if any(f" {name} " in asked for name in names)), None)


def _remembered(said: Sequence[str]) -> str:
    if not said:
        return NOTHING_TO_REMEMBER
    return "\n".join([REMEMBERED, "", *(f"{place}. {_quoted(text)}" for place, text in enumerate(said, 1))])


def _parroted(question: str) -> str:
    words = re.findall(r"\w+", question)
    if not words:
        return GREETING
    thoughts = PARROTED_QUESTIONS if "?" in question else PARROTED_STATEMENTS
    thought = thoughts[crc32(question.encode()) % len(thoughts)]
    return f"> {_quoted(question)}\n\n{thought.format(word=max(words, key=len)[:60], count=len(words))}"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED_CHARACTERS else line[: QUOTED_CHARACTERS - 1] + "…"
