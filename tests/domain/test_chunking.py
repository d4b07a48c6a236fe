"""What every way of cutting a document promises, and what each adds to it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chunking.chunks import chunks_of, sentences_to_embed
from domain.chunking.settings import ChunkSettings, Strategy
from domain.errors import InvalidInput
from domain.knowledge import Chunk, ChunkKind
from domain.reading import Heading, MediaType, Page, Reading, Span, Table
from tests.support.readings import readings

SIZE = 100
sizes = st.tuples(st.integers(SIZE, 400), st.integers(0, 50))


def cut(reading: Reading, settings: ChunkSettings) -> list[Chunk]:
    """With vectors of some kind for those that need them."""
    if settings.strategy is not Strategy.SEMANTIC:
        return chunks_of(reading, settings)
    spans = sentences_to_embed(reading, settings)
    vectors = [[float(ord(c)) for c in reading.text[s.start : s.end][:3].ljust(3)] for s in spans]
    return chunks_of(reading, settings, vectors)


def prose(text: str, **parts: tuple[Span, ...]) -> Reading:
    return Reading(text=text, media_type=MediaType.TEXT, **parts)  # type: ignore[arg-type]


def small(strategy: Strategy = Strategy.STRUCTURE, overlap: int = 0) -> ChunkSettings:
    return ChunkSettings(strategy=strategy, size=SIZE, overlap=overlap)


@pytest.mark.parametrize("strategy", Strategy)
@given(reading=readings(), bounds=sizes)
def test_a_chunk_is_what_stands_there_and_all_chunks_are_everything(
    strategy: Strategy, reading: Reading, bounds: tuple[int, int]
) -> None:
    size, overlap = bounds
    chunks = cut(reading, ChunkSettings(strategy=strategy, size=size, overlap=overlap))
    covered = set[int]()
    for chunk in chunks:
        assert chunk.text == reading.text[chunk.start : chunk.end] == chunk.text.strip() != ""
        assert len(chunk.text) <= size
        assert len(chunk.shown) <= 1.25 * size + 2
        assert (chunk.first_page is None) == (not reading.pages)
        covered.update(range(chunk.start, chunk.end))
    assert [at for at, c in enumerate(reading.text) if not c.isspace() and at not in covered] == []
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    assert [chunk.end for chunk in chunks] == sorted({chunk.end for chunk in chunks})
    shared = [max(0, one.end - other.start) for one, other in pairwise(chunks)]
    assert max(shared, default=0) <= overlap


@pytest.mark.parametrize("strategy", Strategy)
def test_nothing_to_read_gives_no_chunks(strategy: Strategy) -> None:
    assert cut(prose(""), small(strategy)) == cut(prose(" \n\n\t "), small(strategy)) == []


@pytest.mark.parametrize(
    ("size", "overlap", "said"),
    [(99, 0, "chunk_size: must be from 100"), (20_001, 0, "chunk_size"), (100, 51, "0 to 50"), (100, -1, "0 to 50")],
)
def test_settings_that_make_no_sense_are_refused_by_name(size: int, overlap: int, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        ChunkSettings(size=size, overlap=overlap)


def test_a_chunk_stays_in_its_section_and_knows_the_way_to_it() -> None:
    first, second = "# Rivers\n" + "They bend. " * 6, "## Meanders\n" + "They wander. " * 5
    reading = prose(
        first + second,
        headings=(Heading(0, 8, 1, "Rivers"), Heading(len(first), len(first) + 11, 2, "Meanders")),
    )
    one, other = chunks_of(reading, small())
    assert (one.heading_path, other.heading_path) == (("Rivers",), ("Rivers", "Meanders"))
    assert other.start == len(first)
    assert other.indexed_as("Water") == f"Water > Rivers > Meanders\n{other.text}"


def test_tiny_sections_share_a_chunk() -> None:
    text = "# A\n\n## B\nOne.\n\n## C\n" + "More. " * 10
    headings = (Heading(0, 3, 1, "A"), Heading(5, 9, 2, "B"), Heading(16, 20, 2, "C"))
    (chunk,) = chunks_of(prose(text, headings=headings), small())
    assert chunk.heading_path == ("A", "C"), "of the section that most of it stands in"


def test_sentences_are_whole_and_shared_as_far_as_the_overlap_allows() -> None:
    text = "".join(f"This is sentence number {n:02}. " for n in range(12))
    chunks = chunks_of(prose(text), small(overlap=30))
    assert {chunk.text[-1] for chunk in chunks} == {"."}
    assert all(one.text.endswith(other.text[:27]) for one, other in pairwise(chunks))


def test_a_table_is_cut_between_rows_and_every_piece_has_caption_and_header() -> None:
    lead, header = "Some words before.\n" * 3, "| city | people |\n| --- | --- |\n"
    rows = "".join(f"| City {n} | {n}00 |\n" for n in range(30))
    start = len(lead)
    table = Table(start, start + len(header + rows), start + len(header), "Table 1. Cities")
    first, *pieces = chunks_of(prose(lead + header + rows + "After.", tables=(table,)), small())
    *pieces, after = pieces
    assert (first.kind, after.text) == (ChunkKind.TEXT, "After.")
    assert "".join(piece.text + "\n" for piece in pieces) == header + rows
    assert {piece.kind for piece in pieces} == {ChunkKind.TABLE}
    assert pieces[0].prefix == "Table 1. Cities"
    assert {piece.prefix for piece in pieces[1:]} == {"Table 1. Cities\n" + header.strip()}
    assert all(len(piece.shown) <= SIZE for piece in pieces)


def test_a_heading_is_not_parted_from_its_table() -> None:
    text = "# Prices\n\n| what | price |\n| tea | 2 |\n"
    reading = prose(text, headings=(Heading(0, 8, 1, "Prices"),), tables=(Table(10, len(text), 27),))
    (chunk,) = chunks_of(reading, small())
    assert (chunk.text, chunk.kind, chunk.heading_path) == (text.strip(), ChunkKind.TABLE, ("Prices",))


def test_a_caption_that_leads_to_its_table_is_not_said_twice() -> None:
    text = "Table 1. Tea\n| what | price |\n" + "".join(f"| tea {n} | {n}.00 |\n" for n in range(20))
    first, *others = chunks_of(prose(text, tables=(Table(13, len(text), 30, "Table 1. Tea"),)), small())
    assert (first.prefix, first.text[:12]) == ("", "Table 1. Tea")
    assert {chunk.prefix for chunk in others} == {"Table 1. Tea\n| what | price |"}


def test_a_list_and_a_block_of_code_are_kept_whole_when_they_fit() -> None:
    before, kept = "Words before it, more than half. " * 2 + "\n\n", "Do this:\n- the first thing\n- the second\n\n"
    code = "def first():\n\n    return 1\n\n\ndef second():\n\n    return 2\n\n\nprint(first())\n"
    text = before + kept + code
    start = len(before + kept)
    chunks = chunks_of(prose(text, code=(Span(start, len(text)),)), small())
    assert [chunk.text for chunk in chunks] == [before.strip(), kept.strip(), code.strip()]
    assert chunks[-1].kind is ChunkKind.CODE


def test_code_is_cut_before_its_outermost_definitions() -> None:
    code = "".join(f"def f{n}(x):\n    y = x + {n}\n\n    return y * {n}\n\n\n" for n in range(6))
    chunks = chunks_of(prose(code), small(Strategy.CODE))
    assert len(chunks) > 2
    assert all(chunk.text.startswith("def ") for chunk in chunks)


def test_the_topic_shifts_where_the_vectors_do() -> None:
    text = "".join(f"The cat sleeps, {n}. " for n in range(6)) + "".join(f"Stocks fall today, {n}. " for n in range(6))
    settings = ChunkSettings(strategy=Strategy.SEMANTIC, size=300, overlap=0)
    spans = sentences_to_embed(prose(text), settings)
    vectors = [[1.0, 0.0] if "cat" in text[span.start : span.end] else [0.0, 1.0] for span in spans]
    assert [chunk.text[:3] for chunk in chunks_of(prose(text), settings, vectors)] == ["The", "Sto"]
    with pytest.raises(ValueError, match="12 vectors, not 1"):
        chunks_of(prose(text), settings, vectors[:1])


def test_a_chunk_names_the_pages_that_it_stands_on() -> None:
    text = "One page. " * 8 + "Two pages. " * 8
    pages = (Page(0, 0, 1), Page(0, 80, 2), Page(80, 80, 3), Page(80, len(text), 4))
    chunks = chunks_of(prose(text, pages=pages), small(Strategy.FIXED))
    assert [(chunk.first_page, chunk.last_page) for chunk in chunks] == [(2, 4), (4, 4)]


@pytest.mark.parametrize("text", ["é" * 300, "e\u0301" * 150, "👩\u200d👧" * 100, "永" * 300, "\u0301" * 300])
def test_what_has_no_blanks_is_cut_all_the_same(text: str) -> None:
    chunks = chunks_of(prose(text), small())
    assert "".join(chunk.text for chunk in chunks) == text
    assert text[0] == "\u0301" or "\u0301" not in {chunk.text[0] for chunk in chunks}


@pytest.mark.parametrize(
    "unit", ["a", ".", ". ", "\n", " ", "a\n", "- ", "(", "。", '."', "a. b ", "1) x\n", "\n \n", "\t"]
)
@pytest.mark.parametrize("strategy", [Strategy.STRUCTURE, Strategy.CODE])
def test_no_text_makes_cutting_slow(strategy: Strategy, unit: str) -> None:
    """With a cost that grew with the square of the length, this would take minutes."""
    text = unit * (300_000 // len(unit))
    chunks = chunks_of(prose(text), ChunkSettings(strategy=strategy))
    assert sum(len(chunk.text) for chunk in chunks) >= len(text.replace(" ", "").replace("\n", "").replace("\t", ""))
