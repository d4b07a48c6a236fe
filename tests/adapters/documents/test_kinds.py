"""What a document is taken for, and in which encoding a text is."""

import pytest

from domain.errors import DocumentUnreadable, UnreadableCause, UnsupportedDocument
from domain.reading import MediaType
from tests.support.documents import docx, lines, paragraph, pdf, zipped
from tests.support.documents_read import reading_of

PDF, WORD = pdf(lines("Some text")), docx(paragraph("Some text"))
PAGE = b"<!-- a comment -->\n<!DOCTYPE html><p>Some text"


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        (PDF, "a.txt", MediaType.PDF),
        (b"\n" + PDF, "a.pdf", MediaType.PDF),
        (WORD, "a.pdf", MediaType.DOCX),
        (PAGE, "a.txt", MediaType.HTML),
        (b"<p>Some text</p>", "a.HTML", MediaType.HTML),
        (b"<p>Some text</p>", "a.txt", MediaType.TEXT),
        (b"# Some text", "a.md", MediaType.MARKDOWN),
        (b"# Some text", "upload", MediaType.MARKDOWN),
        (b"# Some text", "a.txt", MediaType.TEXT),
        (b"a,b\n1,2\n", "a.csv", MediaType.CSV),
        (b"a,b\n1,2\n", "a.txt", MediaType.TEXT),
        (b"no columns here\n", "a.csv", MediaType.TEXT),
        (b"About %PDF-1.4 files", "a.txt", MediaType.TEXT),
        (b"MZ is where it begins", "a.txt", MediaType.TEXT),
        (b"Some text", "a.pdf", MediaType.TEXT),
    ],
)
def test_a_kind_is_seen_from_the_bytes_and_only_kinds_of_text_from_the_name(
    content: bytes, filename: str, kind: MediaType
) -> None:
    assert reading_of(content, filename).media_type is kind


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"MZ\x90\x00\x03\x00", "a program"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"{\\rtf1 hello}", "rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an Office file with a password"),
        (zipped({"a.txt": "x"}), "an archive"),
        (zipped({"xl/workbook.xml": "x"}), "Excel"),
        (zipped({"content.xml": "x"}), "OpenDocument"),
        (bytes(range(256)) * 4, "not known here"),
    ],
)
def test_other_kinds_are_refused_by_name(content: bytes, found: str) -> None:
    with pytest.raises(UnsupportedDocument, match=found):
        reading_of(content, "a.txt")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (pdf(lines("x"))[:300], UnreadableCause.DAMAGED),
        (pdf(lines("secret"), password="hush"), UnreadableCause.ENCRYPTED),
        (pdf([]), UnreadableCause.EMPTY),
        (b"PK\x03\x04" + b"\0" * 40, UnreadableCause.DAMAGED),
        (zipped({"word/other.xml": "<x/>"}), UnreadableCause.DAMAGED),
        (docx(""), UnreadableCause.EMPTY),
        (b"<html><script>only()</script></html>", UnreadableCause.EMPTY),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, cause: UnreadableCause) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        reading_of(content)
    assert refusal.value.cause is cause


GERMAN = "Die Straße führt über die Brücke; das kostet 10 €."
JAPANESE = "東京は日本の首都です。人口は約千四百万人で、世界最大の都市圏の一つです。"
CHINESE = "北京是中华人民共和国的首都，也是全国的政治、文化中心。"
RUSSIAN = "Москва является столицей Российской Федерации. Население города растёт каждый год."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        ("café", "cp1252"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "utf-16-le"),
        (CHINESE, "gb18030"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        ("number 0", "ascii"),
    ],
)
def test_an_encoding_is_found_by_what_it_says(text: str, encoding: str) -> None:
    assert reading_of(text.encode(encoding), "a.txt").text == text


def test_a_page_that_names_its_encoding_is_believed() -> None:
    page = '<html><meta charset="shift_jis"><p>日本</p></html>'
    assert reading_of(page.encode("shift_jis")).text == "日本"
    assert reading_of(page.encode("utf-8")).text == "日本", "but not against its own bytes"


def test_a_text_with_a_torn_end_is_still_utf_8() -> None:
    torn = ("Straße und Brücke, über und über. " * 20 + "日本").encode()[:-1]
    assert reading_of(torn, "a.txt").text.endswith("über. 日\ufffd")


def test_what_an_archive_says_of_itself_is_not_believed() -> None:
    """The directory at its end names a size that its content does not have."""
    content = bytearray(docx(paragraph("text " * 1000)))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (20).to_bytes(4, "little")
    with pytest.raises(DocumentUnreadable) as refusal:
        reading_of(bytes(content))
    assert refusal.value.cause is UnreadableCause.DAMAGED
