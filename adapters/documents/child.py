"""The process that reads one document: `python -m adapters.documents.child`, fed and heard by `reader.py`."""

import math
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

from adapters.documents.wire import Broken, Done, Message, PagesRead, Ready, frame, refused, task_from
from application.ports.document_reader import ReadingLimits
from domain.errors import DocumentUnreadable, Refusal, UnreadableCause
from domain.reading import MediaType, Reading

_OPEN_FILES = 64
_MOST_TOLD = 100
_MOST_PARTS = 20_000
_NICE = 5


def main() -> None:
    """Read a task and a document from the standard input, write messages to the standard output, and end."""
    server = _standard_output()
    task = task_from(sys.stdin.buffer)
    _limit(task.limits)
    _tell(server, Ready())
    os.nice(_NICE)  # people who wait for an answer go first
    try:
        content = sys.stdin.buffer.read()
        told = _seldom(lambda count, of: _tell(server, PagesRead(count, of)))
        answer: Message = Done(read(content, task.filename, task.limits, told))
    except Refusal as refusal:
        answer = refused(refusal)
    except MemoryError:
        answer = refused(DocumentUnreadable(UnreadableCause.TOO_MUCH))
    except Exception:  # noqa: BLE001  whatever a parser trips over is told to the server, which goes on
        answer = Broken(traceback.format_exc(limit=-20))
    _tell(server, answer)


def read(content: bytes, filename: str, limits: ReadingLimits, told: Callable[[int, int], None]) -> Reading:
    """Each reader is imported only when its kind of document comes: the others would cost time and memory."""
    from adapters.documents.sniffing import container, text_of

    match container(content):
        case MediaType.PDF:
            from adapters.documents.pdf_file import pdf_reading

            reading = pdf_reading(content, limits.max_characters, limits.max_pages, told)
        case MediaType.DOCX:
            from adapters.documents.docx_file import docx_reading

            reading = docx_reading(content, limits.max_characters)
        case _:
            reading = _text_reading(*text_of(content, filename), limits.max_characters)
    if not reading.text.strip():
        raise DocumentUnreadable(UnreadableCause.EMPTY)
    return _with_bounded_parts(reading)


def _text_reading(kind: MediaType, text: str, max_characters: int) -> Reading:
    from adapters.documents.csv_rows import csv_reading
    from adapters.documents.markdown_text import markdown_reading
    from adapters.documents.plain_text import plain_reading

    match kind:
        case MediaType.HTML:
            from adapters.documents.html_page import html_reading

            return html_reading(text, max_characters)
        case MediaType.MARKDOWN:
            return markdown_reading(text, max_characters)
        case MediaType.CSV:
            return csv_reading(text, max_characters)
    return plain_reading(text, max_characters)


def _with_bounded_parts(reading: Reading) -> Reading:
    """No document has so many headings; the server takes each in without doing anything else meanwhile."""
    kept = slice(_MOST_PARTS)
    return replace(reading, headings=reading.headings[kept], tables=reading.tables[kept], code=reading.code[kept])


def _standard_output() -> BinaryIO:
    """The pipe to the server, for messages alone: what libraries print goes nowhere."""
    server = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return server


def _limit(limits: ReadingLimits) -> None:
    """Nothing of the document has been looked at yet. The alarm also ends a child whose server was killed."""
    seconds = math.ceil(limits.timeout_seconds)
    bounds = {
        resource.RLIMIT_CPU: seconds + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: limits.memory_bytes,
    }
    for bound, value in bounds.items():
        _, hard = resource.getrlimit(bound)
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with suppress(ValueError):  # macOS knows some of them by name alone
            resource.setrlimit(bound, (least, least))
    signal.setitimer(signal.ITIMER_REAL, limits.timeout_seconds)


def _seldom(told: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Passes on about every hundredth part of the way, and its end."""

    def on_page(count: int, of: int) -> None:
        if count == of or count % max(1, of // _MOST_TOLD) == 0:
            told(count, of)

    return on_page


def _tell(server: BinaryIO, message: Message) -> None:
    server.write(frame(message))
    server.flush()


if __name__ == "__main__":
    main()
