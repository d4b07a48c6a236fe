"""The language of prompts: text with `{inputs.topic}` and `{steps.research.facts}` in it. Nothing in it computes.

A brace that means itself is written twice. What is put in is data: it is put in as it is and never read again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

INPUTS, STEPS = "inputs", "steps"

TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
REFERENCE = re.compile(rf"\{{({INPUTS}|{STEPS})\.([\w-]+)((?:\.[\w-]+)*)\}}", re.ASCII)
LOOSE = re.compile(rf"\b({INPUTS}|{STEPS})\.([\w-]+)", re.ASCII)
CLOSING_TAG = re.compile(r"</([A-Za-z][\w-]*)>", re.ASCII)
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands in braces: `source` is `inputs` or `steps`, and `fields` lead into a value that is an object."""

    source: str
    name: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "{" + ".".join((self.source, self.name, *self.fields)) + "}"


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was read: what it says and what it names, in order; and what in it cannot be read."""

    pieces: tuple[str | Reference, ...]
    mistakes: tuple[str, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """Each once, in the order of the text."""
        return tuple(dict.fromkeys(piece for piece in self.pieces if isinstance(piece, Reference)))

    @property
    def literals(self) -> tuple[str, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, str))


def read_template(text: str) -> Template:
    """Never raises: `mistakes` says what cannot be read, with its line."""
    pieces, mistakes, end = list[str | Reference](), list[str](), 0
    for token in TOKEN.finditer(text):
        pieces.append(text[end : token.start()])
        end = token.end()
        if token[0] in ("{{", "}}"):
            pieces.append(token[0][0])
        elif found := REFERENCE.fullmatch(token[0]):
            pieces.append(Reference(found[1], found[2], tuple(found[3].split(".")[1:])))
        else:
            mistakes.append(_mistake(token[0], line=text.count("\n", 0, token.start()) + 1))
    return Template((*pieces, text[end:]), tuple(mistakes))


def named_in(text: str) -> set[tuple[str, str]]:
    """The source and the name of all that a text speaks of, also where it cannot be read."""
    template = read_template(text)
    loosely = LOOSE.findall(text) if template.mistakes else []
    return {(named.source, named.name) for named in template.references} | set(loosely)


def value_of(reference: Reference, values: Mapping[str, Mapping[str, Any]]) -> Any:
    """What a reference stands for in `values`, by source and name. Only keys of mappings are ever looked up."""
    value: Any = values[reference.source][reference.name]
    for field in reference.fields:
        value = value[field]
    return value


def words_for(value: Any) -> str:
    """A value as a prompt says it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def filled(template: Template, said: Mapping[Reference, str], tags: Mapping[str, str]) -> str:
    """The text with what is `said` in place of each reference, and with those of its own tags renamed."""
    return "".join(said[piece] if isinstance(piece, Reference) else renamed(piece, tags) for piece in template.pieces)


def tags_to_rename(template: Template, said: Mapping[Reference, str]) -> dict[str, str]:
    """New names for those of the template's tags, as in `<topic>...</topic>`, that what is `said` would confuse.

    So a value that holds `</topic>` ends nothing: it stands between `<topic-2>` and `</topic-2>`, or with the first
    number that nobody has used.
    """
    whole = filled(template, said, {})
    names = dict.fromkeys(name.lower() for piece in template.literals for name in CLOSING_TAG.findall(piece))
    confused = (
        name for name in names if len(_tags(name, whole)) != sum(len(_tags(name, piece)) for piece in template.literals)
    )
    return {name: _unused(name, whole) for name in confused}


def renamed(text: str, tags: Mapping[str, str]) -> str:
    """The text with its tags renamed as `tags` says, whose keys are in small letters."""
    if not tags:
        return text
    known = re.compile(rf"<(/?)({'|'.join(map(re.escape, tags))})(?=[\s>])", re.IGNORECASE | re.ASCII)
    return known.sub(lambda tag: f"<{tag[1]}{tags[tag[2].lower()]}", text)


def _unused(name: str, text: str) -> str:
    used = set(_tags(rf"{name}-(\d+)", text))
    return next(f"{name}-{number}" for number in count(2) if str(number) not in used)


def _tags(name: str, text: str) -> list[str]:
    """What a model might take for such a tag, opening or closing: `</ Topic >` too."""
    return re.findall(rf"<\s*+/?\s*+{name}(?![\w-])", text, re.IGNORECASE)


def _mistake(token: str, *, line: int) -> str:
    if len(token) == 1:
        return f"line {line} has a single {token}; a brace that means itself is written twice"
    shown = token if len(token) <= SHOWN_CHARACTERS else f"{token[: SHOWN_CHARACTERS - 1]}…"
    return (
        f"line {line} has {shown!r}, which names nothing: it must be {{inputs.NAME}} or {{steps.NAME}}, "
        "and a brace that means itself is written twice"
    )
