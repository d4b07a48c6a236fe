"""The process that reads a document: what it is not given, and how it ends."""

import asyncio
import signal
import sys
from contextlib import suppress

import psutil  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.documents.reader import SubprocessDocumentReader
from adapters.documents.wire import Ready, frame
from application.ports.document_reader import ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, Refusal, TooBusy, UnreadableCause, UnsupportedDocument
from tests.support.core import until
from tests.support.documents import Words, lines, pdf, pdf_of

PAGES = pdf(*([Words(f"Page {number} says so.")] for number in range(1, 251)))
ENDLESS = b"<!doctype html>" + b"<div>" * 400_000
"""So deep that a parser of HTML takes minutes."""
Cause = UnreadableCause


@pytest.fixture
def reader() -> SubprocessDocumentReader:
    return SubprocessDocumentReader(max_children=2)


def children() -> list[psutil.Process]:
    """Those that read documents."""
    return [child for child in psutil.Process().children() if "adapters.documents.child" in child.cmdline()]


async def one_child() -> psutil.Process:
    """The one that runs, once it reads: Python has started, and its own limits are in force."""
    await until(lambda: children() and children()[0].nice() > psutil.Process().nice())
    return children()[0]


async def test_pages_are_told_of_as_they_are_read_and_have_their_numbers(reader: SubprocessDocumentReader) -> None:
    told: list[tuple[int, int]] = []
    reading = await reader.read(PAGES, "pages.pdf", progress=lambda count, of: told.append((count, of)))
    assert told == sorted(told)
    assert (told[-1], 50 < len(told) < 150) == ((250, 250), True)
    numbers = {page.number: reading.text[page.start : page.end].strip() for page in reading.pages}
    assert numbers == {number: f"Page {number} says so." for number in range(1, 251)}


async def test_the_loop_turns_and_others_are_read_meanwhile(reader: SubprocessDocumentReader) -> None:
    endless = asyncio.create_task(reader.read(ENDLESS, "x.html"))
    await one_child()
    assert (await reader.read(b"short", "a.txt")).text == "short"
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless


async def test_who_cancels_finds_the_child_gone(reader: SubprocessDocumentReader) -> None:
    reading = asyncio.create_task(reader.read(ENDLESS, "x.html"))
    child = await one_child()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not child.is_running()


async def test_a_child_gets_none_of_the_servers_secrets(
    reader: SubprocessDocumentReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_API_KEY", "not for you")
    reading = asyncio.create_task(reader.read(ENDLESS, "x.html"))
    assert "not for you" not in str((await one_child()).environ())
    reading.cancel()
    await asyncio.wait([reading])


async def test_the_time_is_limited(reader: SubprocessDocumentReader) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        await reader.read(ENDLESS, "x.html", limits=ReadingLimits(timeout_seconds=1))
    assert (refusal.value.cause, children()) == (Cause.TIMED_OUT, [])


async def test_the_memory_is_limited(reader: SubprocessDocumentReader) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        await reader.read(b"a,b\n" * 2_500_000, "x.csv", limits=ReadingLimits(memory_bytes=100 * 1024 * 1024))
    assert refusal.value.cause is Cause.TOO_MUCH


async def test_pages_are_limited_before_one_is_read(reader: SubprocessDocumentReader) -> None:
    kids = b"<</Type/Pages/Count 1000000/Kids[3 0 R]>>"
    million = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", kids, b"<</Type/Page/Parent 2 0 R>>"])
    with pytest.raises(DocumentTooLarge, match="at most 2000, and it has 1000000"):
        await reader.read(million, "x.pdf")


@pytest.mark.parametrize(
    ("sent", "cause"),
    [(signal.SIGSEGV, Cause.DAMAGED), (signal.SIGKILL, Cause.TOO_MUCH), (signal.SIGALRM, Cause.TIMED_OUT)],
)
async def test_a_child_that_dies_is_a_refusal(
    reader: SubprocessDocumentReader, sent: signal.Signals, cause: UnreadableCause
) -> None:
    reading = asyncio.create_task(reader.read(ENDLESS, "x.html"))
    (await one_child()).send_signal(sent)
    with pytest.raises(DocumentUnreadable) as refusal:
        await reading
    assert refusal.value.cause is cause


async def test_no_more_are_read_at_once_than_may_be() -> None:
    reader = SubprocessDocumentReader(max_children=1)
    readings = [asyncio.create_task(reader.read(ENDLESS, "x.html")) for _ in range(3)]
    first = await one_child()
    readings[1].cancel()
    await asyncio.wait([readings[1]])
    assert children() == [first]
    readings[0].cancel()
    await asyncio.wait([readings[0]])
    assert await one_child() != first
    readings[2].cancel()
    await asyncio.wait(readings)
    assert children() == []


async def test_what_the_listener_raises_goes_to_the_caller(reader: SubprocessDocumentReader) -> None:
    def listener(count: int, of: int) -> None:
        raise LookupError(f"{count} of {of}")

    with pytest.raises(LookupError, match="2 of 250"):
        await reader.read(PAGES, "pages.pdf", progress=listener)
    assert children() == []


SAY = "import sys, time; sys.stdin.buffer.read(); out = sys.stdout.buffer; "
READY = f"out.write({frame(Ready())!r}); "


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        ("", TooBusy),
        ("import sys; sys.exit(3)", TooBusy),
        (SAY + READY, DocumentUnreadable),
        (SAY + "out.write(b'garbage!' * 1000)", DocumentUnreadable),
        (SAY + "out.write(b'\\xff' * 4)", DocumentUnreadable),
        (SAY + "out.write(b'\\0\\0\\0\\2{}')", DocumentUnreadable),
        (SAY + READY + "out.write(b'\\0\\0\\0\\x05hello')", DocumentUnreadable),
        (SAY + "\nwhile True: " + READY, DocumentUnreadable),
    ],
)
async def test_a_child_that_was_taken_over_can_only_have_its_document_refused(
    program: str, refusal: type[Refusal]
) -> None:
    reader = SubprocessDocumentReader(max_children=1, command=(sys.executable, "-c", program))
    with pytest.raises(refusal):
        await reader.read(b"text", "a.txt", limits=ReadingLimits(timeout_seconds=60))


async def test_a_child_that_cannot_be_started_says_nothing_of_the_document() -> None:
    with pytest.raises(TooBusy):
        await SubprocessDocumentReader(max_children=1, command=("/no/such/program",)).read(b"text", "a.txt")


def torn(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with a few places overwritten, and perhaps cut."""
    places = st.lists(st.tuples(st.integers(0, len(content) - 1), st.binary(min_size=1, max_size=8)), max_size=6)

    def written(places: list[tuple[int, bytes]], length: int) -> bytes:
        out = bytearray(content)
        for at, what in places:
            out[at : at + len(what)] = what
        return bytes(out[:length])

    return st.builds(written, places, st.integers(len(content) // 2, len(content)))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=torn(pdf(lines("Some text", "on two lines"), lines("and a page."), title="T")))
async def test_no_damage_does_harm(reader: SubprocessDocumentReader, content: bytes) -> None:
    with suppress(DocumentUnreadable, DocumentTooLarge, UnsupportedDocument):
        assert (await reader.read(content, "x.pdf", limits=ReadingLimits(timeout_seconds=60))).text
