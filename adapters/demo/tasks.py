"""Small jobs on a text, recognised by the words of their instructions as any model would."""

import re
from collections.abc import Callable
from zlib import crc32

from adapters.demo.sayings import CANNOT_TRANSLATE

FRAMED = re.compile(r"<([\w-]+)>\n(.*)\n</\1>", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
SENTENCES = 3
SUMMARY_CHARACTERS = 500


def framed_text(message: str) -> str | None:
    """The text between tags, when the message is nothing else."""
    framed = FRAMED.fullmatch(message)
    return framed[2] if framed else None


def task_answer(instructions: str, text: str) -> str | None:
    """The answer to instructions that begin with a verb that is known; None for any others."""
    verb = instructions.partition(" ")[0].casefold()
    return TASKS[verb](instructions, text) if verb in TASKS else None


def _summary(_: str, text: str) -> str:
    """A text's first sentences."""
    sentences = [sentence.strip() for sentence in SENTENCE_END.split(text) if sentence.strip()]
    return " ".join(sentences[:SENTENCES])[:SUMMARY_CHARACTERS]


def _label(instructions: str, text: str) -> str:
    """One of the labels, always the same for the same text."""
    listed = re.search(r"^labels: (.+)$", instructions, re.IGNORECASE | re.MULTILINE)
    labels = listed[1].split(", ") if listed else ["unknown"]
    return labels[crc32(text.encode()) % len(labels)]


def _no_translation(instructions: str, text: str) -> str:
    language = re.search(r"\binto (.+?)(?:\.|$)", instructions, re.MULTILINE)
    return f"{CANNOT_TRANSLATE.format(language=language[1] if language else 'another language')}\n\n{text}"


def _joined(_: str, conversation: str) -> str:
    """What the user said last and before that, as one."""
    said = re.findall(r"^user: (.+)$", conversation, re.MULTILINE)
    return " ".join(said[-2:])


TASKS: dict[str, Callable[[str, str], str]] = {
    "summarize": _summary,
    "classify": _label,
    "translate": _no_translation,
    "rewrite": _joined,
}
