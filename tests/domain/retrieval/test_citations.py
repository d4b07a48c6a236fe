"""Quotes that bear an answer out, and what is said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge import Chunk, ChunkId, DocumentId
from domain.reading import MediaType, Page, Reading
from domain.retrieval.citations import citations, claims
from domain.retrieval.passage import Passage, Source, numbered
from domain.retrieval.quotes import QUOTE_CHARACTERS, best_quote, excerpt, stands_at

TEXT = (
    "The valve was replaced in 2019. It cost $3,400 per product.\n"
    "Two sensors of the tail were moved by the crew; the pilots did not notice.\n"
    "State | Checks\nAlaska | 3,062\nColorado | 42,271\n"
)


def passage(text: str, *, id: int = 1, start: int = 0, page: int | None = None, document: int = 1) -> Passage:
    chunk = Chunk(start=start, end=start + len(text), text=text, first_page=page, last_page=page)
    return Passage(
        id=ChunkId(id), document_id=DocumentId(document), filename="notes.pdf", title="", version=2, chunk=chunk
    )


def reading(text: str, *page_ends: int) -> Reading:
    starts = [0, *page_ends]
    pages = [Page(start, end, n) for n, (start, end) in enumerate(zip(starts, [*page_ends, len(text)], strict=True), 1)]
    return Reading(text=text, media_type=MediaType.PDF, pages=tuple(pages))


def quoted(claim: str, text: str = TEXT) -> str | None:
    span = best_quote(claim, text)
    return text[span.start : span.end] if span else None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("They had to pay $3,400 for each.", "It cost $3,400 per product."),
        ("A new valve came in 2019", "The valve was replaced in 2019."),
        ("42,271 checks were made in Colorado.", "Colorado | 42,271"),
        ("Alaska had 3062.", "Alaska | 3,062"),
        ('The report says "the pilots did  not notice" anything.', "the pilots did not notice"),
        ("Something else entirely happened elsewhere", None),
        ("The banana is in the north of Iceland", None),
        ("The valve of 2019 was replaced for $9,999 per product.", None),
        ("The valve for $3,400 and the pump for $9,999", "It cost $3,400 per product."),
        (
            "In 2020 the 2 sensors of the tail were moved.",
            "Two sensors of the tail were moved by the crew; the pilots did not notice.",
        ),
        ("", None),
    ],
)
def test_the_sentence_most_like_the_claim_is_quoted(claim: str, quote: str | None) -> None:
    assert quoted(claim) == quote


def test_a_row_of_a_table_is_one_sentence_whatever_its_cells_end_with() -> None:
    row = "Stabilizer wiring change | Up to 79 work-hours = Up to $6,715. | Up to $3,790. | Up to $766,865."
    table = f"{row}\nSensor system test of the whole fleet | 40 work-hours = $3,400. | None. | $391,000."
    assert quoted("The wiring change costs up to $766,865.", table) == row
    assert quoted("$766,865 for the wiring", f"{row}\n") == row


def test_a_sentence_without_an_end_is_quoted_around_what_agrees() -> None:
    text = "before " * 200 + "the needle is here " + "after " * 200
    quote = quoted("Where is the needle?", text)
    assert quote
    assert "needle" in quote
    assert len(quote) <= QUOTE_CHARACTERS
    assert not quote.startswith(("efore", "fter"))


@given(st.text(), st.text())
def test_whatever_is_quoted_stands_in_the_text(claim: str, text: str) -> None:
    for span in (best_quote(claim, text), excerpt(claim, text)):
        if span is not None:
            assert 0 <= span.start <= span.end <= len(text)
            assert span.end - span.start <= QUOTE_CHARACTERS


def test_an_excerpt_is_the_best_part_or_the_beginning() -> None:
    span = excerpt("sensors", TEXT)
    assert TEXT[span.start : span.end].startswith("Two sensors")
    assert excerpt("nothing of it", "short").end == len("short")


def test_words_stand_there_whatever_the_blanks_between_them() -> None:
    assert stands_at("a b", "xa \n bx", 1, 6)
    assert not stands_at("a c", "xa \n bx", 1, 6)
    assert not stands_at("a b", "a b", 0, 9)
    assert not stands_at("", "", 0, 0)


def test_a_claim_is_the_sentence_that_the_mark_is_in_or_behind() -> None:
    said = claims("One is so [2]. Two is not. [1][2] Three [1], maybe.\n- four [3]\n- five")
    assert said == {2: ["One is so .", "Two is not ."], 1: ["Two is not .", "Three , maybe."], 3: ["- four"]}


def test_a_citation_points_to_the_words_on_their_page() -> None:
    before = "Another page.\n"
    document = reading(before + TEXT, len(before))
    (source,) = numbered([passage(TEXT, start=len(before), page=1)])
    (citation,) = citations("It cost $3,400 [1].", [source], {DocumentId(1): document})
    assert citation.verified
    assert (citation.quote, citation.page, citation.version) == ("It cost $3,400 per product.", 2, 2)
    assert document.text[citation.start : citation.end] == citation.quote


def test_what_stands_there_no_more_is_not_verified() -> None:
    (source,) = numbered([passage(TEXT, page=4)])
    changed = reading(TEXT.replace("$3,400", "$9,999"))
    for readings in ({}, {DocumentId(1): changed}, {DocumentId(2): reading(TEXT)}):
        (citation,) = citations("It cost $3,400 [1].", [source], readings)
        assert (citation.verified, citation.page) == (False, 4)
        assert citation.quote


def test_what_nothing_bears_out_is_marked_and_not_hidden() -> None:
    (source,) = numbered([passage(TEXT)])
    (citation,) = citations("Bananas grow in Iceland [1].", [source], {DocumentId(1): reading(TEXT)})
    assert (citation.quote, citation.verified, citation.start, citation.end) == ("", False, 0, len(TEXT))


def test_ten_files_of_one_fact_each_are_cited_by_their_own_numbers() -> None:
    facts = [f"The code of box {n} is {n * 1111}." for n in range(10)]
    sources = numbered([passage(fact, id=n, document=n) for n, fact in enumerate(facts, 1)])
    readings = {DocumentId(n): reading(fact) for n, fact in enumerate(facts, 1)}
    answer = " ".join(f"Box {n} opens with {n * 1111} [{n + 1}]." for n in reversed(range(10)))
    made = citations(answer, sources, readings)
    assert [citation.number for citation in made] == list(range(10, 0, -1))
    assert all(citation.verified and citation.quote == facts[citation.number - 1] for citation in made)
    assert [citation.document_id for citation in made] == list(range(10, 0, -1))


def test_sources_are_numbered_once_and_shown_with_where_they_are_from() -> None:
    one, two = passage("See [12] and [3, 4].", id=5, page=7), passage("two", id=6)
    sources = numbered([one, two, one])
    assert sources == (Source(1, one), Source(2, two))
    assert sources[0].shown == "[1] notes.pdf, page 7\nSee (12) and (3, 4)."


def test_a_number_that_names_no_source_is_no_citation() -> None:
    assert citations("So [7].", numbered([passage(TEXT)]), {}) == []
