"""What is made of the lines of a PDF."""

from collections.abc import Sequence

import pytest

from application.ports.document_reader import ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause
from tests.support.documents import Words, lines, pdf, pdf_of
from tests.support.documents_read import reading_of, said

FILLER = lines(*(f"Line {n} of the page tells a part of the story that" for n in range(12)), top=600)


def text_of(*pages: list[Words]) -> str:
    return reading_of(pdf(*pages)).text


def test_lines_are_joined_to_the_paragraphs_that_they_were() -> None:
    first = lines("A paragraph goes on over the end of a line of", "text and ends before the margin.", top=700)
    second = lines("Another begins after a gap and goes on over the", "end of its line.", top=660)
    assert text_of(first + second) == (
        "A paragraph goes on over the end of a line of text and ends before the margin.\n\n"
        "Another begins after a gap and goes on over the end of its line."
    )


def test_a_word_is_made_whole_as_the_rest_of_the_document_writes_it() -> None:
    page = lines(
        "The document writes of well-known rivers and of informa-",
        "tion on them, and of how each FAA-approved plane is well-",
        "known to have been given a number of years ago in 2018–",
        "2019 and who approved it.",
    )
    (paragraph,) = text_of(page).split("\n\n")
    assert "of information on" in paragraph
    assert "well-known to have" in paragraph
    assert "2018–2019" in paragraph


def test_a_sentence_goes_on_over_the_page_and_the_pages_know_their_parts() -> None:
    one = lines(
        *["Here is a line of a page that is as long as all others"] * 3,
        "and at its end begins a sentence which is not yet",
    )
    reading = reading_of(pdf(one, [], lines("over at the end of it.", "Next comes another.")))
    assert [said(reading, page).strip()[:5] for page in reading.pages] == ["Here ", "", "over "]
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert "not yet over at the end" in reading.text
    assert reading.pages_of(*_place(reading.text, "Next")) == (3, 3)


def _place(text: str, words: str) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


@pytest.mark.parametrize("page_turns", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("matrix", "step_x", "step_y"), [("1 0 0 1", 0, -1), ("0 1 -1 0", 1, 0), ("-1 0 0 -1", 0, 1), ("0 -1 1 0", -1, 0)]
)
def test_a_page_may_be_turned_and_so_may_its_text(matrix: str, step_x: int, step_y: int, page_turns: int) -> None:
    said = ["A line of the text is as long as this", "and goes on with infor-", "mation on it. It ends", "here."]
    shown = (
        f"BT /F 11 Tf {matrix} {300 + 13 * step_x * n} {300 + 13 * step_y * n} Tm ({t}) Tj ET"
        for n, t in enumerate(said)
    )
    content = "\n".join(shown)
    font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    page = f"<</Type/Page/Parent 2 0 R/Rotate {90 * page_turns}/MediaBox[0 0 612 792]{font}/Contents 4 0 R>>"
    stream = f"<</Length {len(content)}>>stream\n{content}\nendstream"
    tree = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    document = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", tree, page.encode(), stream.encode()])
    joined = "A line of the text is as long as this and goes on with information on it. It ends here."
    assert reading_of(document).text.replace("\n", " ") == joined


def test_headings_stand_out_and_have_levels_by_their_size() -> None:
    page = [
        *lines("The Title of It All", size=20, top=740),
        *lines("A Chapter in Bold", font="bold", top=700),
        *FILLER[:4],
        *lines("Another Chapter", "over Two Lines", font="bold", top=530),
        *lines(*(f"Line {n} of the next chapter tells a part of the story" for n in range(12)), top=500),
    ]
    reading = reading_of(pdf(page))
    assert [(heading.level, heading.title) for heading in reading.headings] == [
        (1, "The Title of It All"),
        (2, "A Chapter in Bold"),
        (2, "Another Chapter over Two Lines"),
    ]
    assert [said(reading, heading) for heading in reading.headings] == [h.title for h in reading.headings]
    assert reading.title == "The Title of It All"


def test_a_title_in_the_file_is_taken_unless_it_is_none() -> None:
    assert reading_of(pdf(lines("x y"), title="On Rivers")).title == "On Rivers"
    assert reading_of(pdf(lines("x y"), title="Microsoft Word - draft7.doc")).title == ""


def test_what_every_page_repeats_is_left_out_but_no_row_and_no_chapter() -> None:
    def page(number: int) -> list[Words]:
        return [
            Words("The Journal of Rivers", y=760),
            Words(f"{40 + number}", x=500, y=760),
            *lines(f"Chapter {number}", size=18, top=730),
            *FILLER,
            Words(f"{number * 7 % 5} {number * 3 % 4} items", y=60),
            Words(f"Page {number} of 5", x=300, y=30),
        ]

    reading = reading_of(pdf(*(page(number) for number in range(1, 6))))
    assert "Journal" not in reading.text
    assert "41" not in reading.text
    assert "Page 2" not in reading.text
    assert [heading.title for heading in reading.headings] == [f"Chapter {n}" for n in range(1, 6)]
    assert reading.text.count("items") == 5


def test_pages_of_few_lines_keep_them_all() -> None:
    pages = [lines("Slides about rivers", f"Slide {number}") for number in range(1, 6)]
    assert reading_of(pdf(*pages)).text.count("Slides about rivers") == 5


ROWS = [
    ("City", "People", "Area"),
    ("Rome", "2,873", "1,285"),
    ("Oslo", "709", "480"),
    ("Reykjavik in the north,", "140", "273"),
]


def table(top: float, rows: Sequence[Sequence[str]]) -> list[Words]:
    return [
        Words(cell, 72 + 150 * column, top - 14 * row)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]


def test_a_table_is_its_rows_with_its_header_and_caption() -> None:
    rows = [*ROWS, ("where it is cold", "", ""), ("Bern", "134", "52")]
    page = [
        *lines("Before it stands a paragraph of words that go on."),
        Words("Table 3. Cities of Europe", y=662),
        *table(640, rows),
        *lines("After it comes another paragraph of words.", top=500),
    ]
    reading = reading_of(pdf(page))
    (found,) = reading.tables
    assert said(reading, found).split("\n") == [
        "City | People | Area",
        "Rome | 2,873 | 1,285",
        "Oslo | 709 | 480",
        "Reykjavik in the north, where it is cold | 140 | 273",
        "Bern | 134 | 52",
    ]
    assert reading.text[found.start : found.header_end] == "City | People | Area\n"
    assert found.caption == "Table 3. Cities of Europe"
    assert reading.text.index("Before") < found.start < reading.text.index("After")


def test_a_table_that_goes_on_over_the_page_has_its_header_and_caption_again() -> None:
    first = [Words("Table 3. Cities of Europe", y=662), *table(640, ROWS)]
    reading = reading_of(pdf(first, table(740, [*ROWS[1:3], ("Bern", "134", "52")])))
    assert [found.caption for found in reading.tables] == ["Table 3. Cities of Europe"] * 2
    assert said(reading, reading.tables[1]) == (
        "City | People | Area\nRome | 2,873 | 1,285\nOslo | 709 | 480\nBern | 134 | 52"
    )


def test_two_columns_of_prose_and_a_list_are_no_table() -> None:
    left = lines(*(f"The left column says this and that in line {n}" for n in range(6)), x=60)
    right = lines(*(f"while the right one says more in its line {n}" for n in range(6)), x=320)
    side_by_side = [words for pair in zip(left, right, strict=True) for words in pair]
    bullets = [w for n in range(4) for w in (Words("•", 72, 500 - 14 * n), Words(f"item {n}", 92, 500 - 14 * n))]
    reading = reading_of(pdf(side_by_side + bullets))
    assert reading.tables == ()
    assert "• item 0\n• item 1\n• item 2" in reading.text


def test_the_letters_of_a_typewriter_are_code_and_keep_their_places() -> None:
    page = lines("Call it like this:", top=720) + lines("def f(x):", font="fixed", top=690)
    page += lines("return x", font="fixed", x=72 + 4 * 6.6, top=677)
    reading = reading_of(pdf(page))
    assert [said(reading, span) for span in reading.code] == ["def f(x):\n    return x"]


def test_pages_that_show_something_but_say_nothing_were_scanned() -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    drawn = b"<</Length 10>>stream\n1 1 5 5 re f\nendstream"
    kids = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    with pytest.raises(DocumentUnreadable, match="OCR") as refusal:
        reading_of(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", kids, page, drawn]))
    assert refusal.value.cause is UnreadableCause.SCANNED


def test_pages_and_characters_are_counted_while_it_is_read() -> None:
    document = pdf(*([Words("ten letters")] for _ in range(5)))
    with pytest.raises(DocumentTooLarge, match="at most 4, and it has 5"):
        reading_of(document, limits=ReadingLimits(max_pages=4))
    with pytest.raises(DocumentTooLarge, match="at most 30 characters"):
        reading_of(document, limits=ReadingLimits(max_characters=30))
