"""What the demo model does with documents: it reads out the sentence that has most of the question's words."""

import json
import re
from collections.abc import Iterable

from adapters.demo.sayings import READ_OUT
from domain.retrieval.not_found import MARKER
from domain.retrieval.quotes import best_quote

SOURCES = re.compile(r"<(sources(?:-\d+)?)>\n(.*)\n</\1>\n\n(.*)", re.DOTALL)
SOURCE = re.compile(r"^\[(\d+)\] [^\n]*\n", re.MULTILINE)
WORD = re.compile(r"[^\W_]{3,}")
_EVERYWHERE = (
    "and are does did for from has have how its not the that this what when where which who why was were will with you"
)
EVERYWHERE = frozenset(_EVERYWHERE.split())


def read_out(message: str) -> str | None:
    """The answer to a message with sources before its question, from one of them or the marker; None for any other."""
    framed = SOURCES.fullmatch(message)
    if framed is None:
        return None
    return _told(_sources(framed[2]), framed[3]) or MARKER


def read_result(content: str, question: str) -> str | None:
    """The same for what a search brought; None for what is no such result."""
    try:
        listed = json.loads(content)["sources"]
        sources = [(int(each["id"]), str(each["text"])) for each in listed]
    except (ValueError, KeyError, TypeError):
        return None
    return _told(sources, question)


def _sources(framed: str) -> Iterable[tuple[int, str]]:
    heads = list(SOURCE.finditer(framed))
    ends = [*(head.start() for head in heads[1:]), len(framed)]
    return [(int(head[1]), framed[head.end() : end].strip()) for head, end in zip(heads, ends, strict=True)]


def _told(sources: Iterable[tuple[int, str]], question: str) -> str | None:
    wanted = _words(question)
    found = [(len(wanted & _words(text)), -number, text) for number, text in sources]
    shared, number, text = max(found, default=(0, 0, ""))
    span = best_quote(question, text) if shared else None
    if span is None:
        return None
    return READ_OUT.format(quote=" ".join(text[span.start : span.end].split()), number=-number)


def _words(text: str) -> set[str]:
    return {word[:6] for word in WORD.findall(text.casefold()) if word not in EVERYWHERE}
