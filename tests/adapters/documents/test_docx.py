"""What is made of the parts of a Word file."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports.document_reader import ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause, UnsupportedDocument
from domain.reading import MediaType
from tests.support.documents import WORD, docx, paragraph, zipped
from tests.support.documents_read import reading_of, said

STYLES = f"""<w:styles xmlns:w="{WORD}">
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="Deep"><w:name w:val="Deep"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="Bullet"><w:name w:val="Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Name"><w:name w:val="Title"/></w:style>
<w:style w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
</w:styles>"""
CELL = "<w:tc><w:tcPr>{span}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def cells(*texts: str) -> str:
    return "<w:tr>" + "".join(CELL.format(span="", text=text) for text in texts) + "</w:tr>"


def styled(body: str) -> bytes:
    return docx(body, {"word/styles.xml": STYLES})


def test_headings_are_known_by_their_styles_whatever_they_are_called() -> None:
    body = paragraph("All", "Name") + paragraph("One", "berschrift1") + paragraph("Text.", "Loop")
    reading = reading_of(styled(body + paragraph("Two", "Own") + paragraph("Three", "Deep")))
    assert [(heading.level, heading.title) for heading in reading.headings] == [(1, "One"), (1, "Two"), (3, "Three")]
    assert (reading.title, reading.text) == ("All", "All\n\nOne\n\nText.\n\nTwo\n\nThree")
    assert (reading.media_type, reading.pages) == (MediaType.DOCX, ())


def test_items_of_a_list_are_lines_of_one_block() -> None:
    body = paragraph("Do:") + paragraph("this", "Bullet") + paragraph("that", "Bullet") + paragraph("Done.")
    assert reading_of(styled(body)).text == "Do:\n\n- this\n- that\n\nDone."


def test_a_table_has_rows_a_header_and_the_caption_above_it() -> None:
    wide = (
        "<w:tr>" + CELL.format(span='<w:gridSpan w:val="2"/>', text="both") + CELL.format(span="", text="c") + "</w:tr>"
    )
    inner = f"<w:tr><w:tc><w:tbl>{cells('in', 'side')}</w:tbl><w:p/></w:tc></w:tr>"
    body = f"{paragraph('Table 1: Things')}<w:tbl>{cells('A', 'B', 'C')}{wide}{inner}</w:tbl>{paragraph('End.')}"
    reading = reading_of(docx(body))
    (table,) = reading.tables
    assert said(reading, table) == "A | B | C\nboth |  | c\nin side"
    assert reading.text[table.start : table.header_end] == "A | B | C\n"
    assert table.caption == "Table 1: Things"


def test_what_is_hidden_deleted_or_said_twice_is_left_out() -> None:
    runs = "<w:r><w:t>seen</w:t><w:tab/><w:t>too</w:t><w:br/><w:t>here</w:t></w:r>"
    runs += "<w:r><w:rPr><w:vanish/></w:rPr><w:t>HIDDEN</w:t></w:r>"
    runs += '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r>'
    runs += "<w:del><w:r><w:delText>DELETED</w:delText><w:t>DELETED</w:t></w:r></w:del>"
    runs += "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    runs += '<mc:Fallback xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:t>AGAIN</w:t></mc:Fallback>'
    assert reading_of(docx(f"<w:p>{runs}</w:p>")).text == "seen\ttoo\nhereshown"


def test_notes_and_a_main_part_by_another_name_are_read() -> None:
    relations = '<R><Relationship Type="http://x/officeDocument" Target="/word/document2.xml"/></R>'
    body = f'<w:document xmlns:w="{WORD}"><w:body>{paragraph("Main.")}</w:body></w:document>'
    notes = f'<w:footnotes xmlns:w="{WORD}"><w:footnote>{paragraph("A note.")}</w:footnote></w:footnotes>'
    core = '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>On Rivers</dc:title></c>'
    parts = {
        "_rels/.rels": relations,
        "word/document2.xml": body,
        "word/footnotes.xml": notes,
        "docProps/core.xml": core,
    }
    reading = reading_of(zipped(parts))
    assert (reading.text, reading.title) == ("Main.\n\nA note.", "On Rivers")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT = f'<w:document xmlns:w="{WORD}"><w:body><w:p>&l9;</w:p></w:body></w:document>'
EVIL = f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>{DOCUMENT}'
OUTSIDE = f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><w:document xmlns:w="{WORD}"/>'


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (zipped({"word/document.xml": EVIL}), UnreadableCause.DAMAGED),
        (zipped({"word/document.xml": OUTSIDE}), UnreadableCause.DAMAGED),
        (docx("<w:p>"), UnreadableCause.DAMAGED),
        (docx("<w:p>" * 3000 + "</w:p>" * 3000), UnreadableCause.TOO_MUCH),
        (zipped({"word/document.xml": "<d>" + " " * 210_000_000 + "</d>"}), UnreadableCause.TOO_MUCH),
    ],
    ids=["entities", "entity from a file", "not closed", "deep", "unpacks to 210 MB"],
)
def test_a_file_that_was_made_to_do_harm_is_refused(content: bytes, cause: UnreadableCause) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        reading_of(content)
    assert refusal.value.cause is cause


def test_characters_are_counted_while_it_is_read() -> None:
    with pytest.raises(DocumentTooLarge, match="at most 100"):
        reading_of(docx(paragraph("word " * 30)), limits=ReadingLimits(max_characters=100))


WHOLE = docx(paragraph("One") + f"<w:tbl>{cells('A', 'B')}{cells('1', '2')}</w:tbl>", {"word/styles.xml": STYLES})


@settings(max_examples=50, deadline=None)
@given(at=st.integers(0, len(WHOLE) - 1), what=st.binary(min_size=1, max_size=6))
def test_damage_is_read_or_refused(at: int, what: bytes) -> None:
    with suppress(DocumentUnreadable, UnsupportedDocument):
        reading_of(WHOLE[:at] + what + WHOLE[at + len(what) :])
