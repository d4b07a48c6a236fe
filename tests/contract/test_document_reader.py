"""What application/ports/document_reader.py promises, asked of every reader."""

import asyncio

import pytest

from adapters.documents.reader import SubprocessDocumentReader
from adapters.memory.document_reader import MemoryDocumentReader
from application.ports.document_reader import DocumentReader, ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause, UnsupportedDocument
from domain.reading import MediaType

SMALL = ReadingLimits(max_bytes=100, max_characters=50)


@pytest.fixture(params=["memory", "subprocess"])
def reader(request: pytest.FixtureRequest) -> DocumentReader:
    return MemoryDocumentReader() if request.param == "memory" else SubprocessDocumentReader(max_children=2)


async def test_a_text_is_read_clean_whatever_it_is_called(reader: DocumentReader) -> None:
    content = "\ufeffOne\r\ntwo\x00 \u202eth\ufb01ree\u00a0e\u0301\n".encode()
    for name in ("a.txt", "../../etc/passwd\x00.exe"):
        reading = await reader.read(content, name)
        assert (reading.text, reading.media_type) == ("One\ntwo thfiree é\n", MediaType.TEXT)


@pytest.mark.parametrize("content", [b"", b"\n \t\r\n", b"\xef\xbb\xbf"])
async def test_a_document_without_text_is_not_readable(reader: DocumentReader, content: bytes) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        await reader.read(content, "a.txt")
    assert refusal.value.cause is UnreadableCause.EMPTY


async def test_bytes_that_are_no_text_are_not_supported_and_the_refusal_says_what_is(reader: DocumentReader) -> None:
    with pytest.raises(UnsupportedDocument, match=r"PDF, plain text, Markdown, HTML, Word \(\.docx\) and CSV"):
        await reader.read(b"\x89PNG\r\n\x1a\n\x00\x01\xff\xfe", "notes.txt")


@pytest.mark.parametrize(("length", "said"), [(101, "bytes: at most 100"), (51, "text: at most 50 characters")])
async def test_a_document_beyond_a_limit_is_too_large(reader: DocumentReader, length: int, said: str) -> None:
    await reader.read(b"a" * 50, "a.txt", limits=SMALL)
    with pytest.raises(DocumentTooLarge, match=said):
        await reader.read(b"a" * length, "a.txt", limits=SMALL)


async def test_many_are_read_at_once_and_each_gets_its_own(reader: DocumentReader) -> None:
    readings = await asyncio.gather(*(reader.read(f"number {n}".encode(), "a.txt") for n in range(5)))
    assert [reading.text for reading in readings] == [f"number {n}" for n in range(5)]
