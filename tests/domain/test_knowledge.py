"""A document's states, the parts of a reading, and what a chunk is found by."""

from datetime import UTC, datetime

import pytest

from domain.access import LOCAL_OWNER
from domain.errors import DocumentConflict, DocumentUnreadable, UnreadableCause
from domain.knowledge import NEXT, Chunk, Document, DocumentId, DocumentStatus, shown_name
from domain.reading import Heading, MediaType, Page, Reading, Section, Span, Table
from domain.run import Problem

THEN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
Status = DocumentStatus
DAMAGED = Problem.of(DocumentUnreadable(UnreadableCause.DAMAGED))


def document(status: Status) -> Document:
    return Document(
        id=DocumentId(1),
        owner=LOCAL_OWNER,
        filename="notes.md",
        digest="0" * 64,
        size_bytes=1,
        created_at=THEN,
        updated_at=THEN,
        status=status,
        chunks=7,
        indexed=3,
        problem=DAMAGED,
    )


def test_every_state_leads_somewhere_and_only_an_ended_one_is_not_active() -> None:
    assert set(NEXT) == set(Status)
    assert {status for status in Status if status.is_active} == {s for s in Status if Status.FAILED in NEXT[s]}
    assert [status for status in Status if not NEXT[status]] == [Status.READY]


@pytest.mark.parametrize("to", Status)
@pytest.mark.parametrize("status", Status)
def test_a_document_moves_only_where_its_state_leads(status: Status, to: Status) -> None:
    if to in NEXT[status]:
        moved = document(status).moved(to, NOW)
        assert (moved.status, moved.updated_at, moved.problem) == (to, NOW, None)
    else:
        with pytest.raises(DocumentConflict, match=f"is {status.value}; it cannot become {to.value}"):
            document(status).moved(to, NOW)


def test_a_document_that_is_tried_again_has_made_no_progress() -> None:
    failed = document(Status.INDEXING).moved(Status.FAILED, NOW, problem=DAMAGED)
    assert (failed.indexed, failed.problem) == (3, DAMAGED)
    again = failed.moved(Status.QUEUED, NOW)
    assert (again.chunks, again.indexed, again.problem) == (0, 0, None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        ("a\x00b\nc\u202ed.pdf", "ab cd.pdf"),
        ("Über  uns 戦場.md", "Über uns 戦場.md"),
        ("n" * 300, "n" * 200),
        ("", "document"),
        ("dir/", "document"),
        ("\u202e", "document"),
    ],
)
def test_a_name_is_shown_without_what_does_not_belong_into_one(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_sections_are_the_whole_text_and_know_what_they_stand_under() -> None:
    headings = (Heading(3, 4, 1, "A"), Heading(5, 6, 3, "B"), Heading(7, 8, 2, "C"), Heading(9, 10, 1, "D"))
    reading = Reading(text="0123456789", media_type=MediaType.TEXT, headings=headings)
    assert reading.sections() == [
        Section(0, 3, ()),
        Section(3, 5, ("A",)),
        Section(5, 7, ("A", "B")),
        Section(7, 9, ("A", "C")),
        Section(9, 10, ("D",)),
    ]
    assert Reading(text="", media_type=MediaType.TEXT).sections() == []


@pytest.mark.parametrize(
    "parts",
    [
        {"pages": (Page(0, 3, 1), Page(2, 4, 2))},
        {"headings": (Heading(-1, 2, 1, "x"),)},
        {"code": (Span(0, 99),)},
        {"code": (Span(3, 2),)},
        {"tables": (Table(0, 2, 3),)},
    ],
    ids=str,
)
def test_parts_that_cannot_be_there_are_refused(parts: dict[str, tuple[Span, ...]]) -> None:
    with pytest.raises(ValueError, match=next(iter(parts))):
        Reading(text="four", media_type=MediaType.TEXT, **parts)  # type: ignore[arg-type]


def test_a_chunk_is_indexed_under_its_title_and_headings_each_said_once() -> None:
    chunk = Chunk(start=0, end=3, text="row", prefix="header", heading_path=("Rivers", "Bends"))
    assert chunk.indexed_as("Rivers") == "Rivers > Bends\nheader\nrow"
    assert Chunk(start=0, end=3, text="row").indexed_as("") == "row"
