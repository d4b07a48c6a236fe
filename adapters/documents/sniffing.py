"""What a document is, seen from its bytes; its name decides only between kinds of text."""

import re
from pathlib import PurePath

from adapters.documents.archive import opened
from adapters.documents.decoding import decoded
from domain.errors import DocumentUnreadable, UnreadableCause, UnsupportedDocument
from domain.reading import MediaType

_HEAD = 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")  # text of two or four bytes a character
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file with a password or in the format before 2007"),
    (b"{\\rtf", "a rich text file (.rtf)"),
    (b"%!PS", "a PostScript file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"BZh", "an archive"),
    (b"\xfd7zXZ", "an archive"),
    (b"SQLite format 3\x00", "a database"),
)
_IN_ARCHIVES = (
    ("xl/", "an Excel workbook; save the sheet as CSV"),
    ("ppt/", "a PowerPoint file; save it as PDF"),
    ("META-INF/container.xml", "an e-book (.epub)"),
    ("content.xml", "an OpenDocument file; save it as .docx or PDF"),
)
_NAMES = {
    "md": MediaType.MARKDOWN,
    "markdown": MediaType.MARKDOWN,
    "mdown": MediaType.MARKDOWN,
    "mkd": MediaType.MARKDOWN,
    "csv": MediaType.CSV,
    "tsv": MediaType.CSV,
    "htm": MediaType.HTML,
    "html": MediaType.HTML,
    "xhtml": MediaType.HTML,
    "txt": MediaType.TEXT,
    "text": MediaType.TEXT,
    "log": MediaType.TEXT,
}
_BEFORE_HTML = (("<!--", "-->"), ("<?", ">"))
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{2,40})", re.I)
_MARKDOWN = re.compile(r"\s*#{1,6} \S")


def first_look(head: bytes, tail: bytes | None) -> None:
    """Raises UnsupportedDocument if the first bytes, or the names in an archive's list at its end, show something else.

    The archive itself is opened only where nothing can be harmed.
    """
    if head.startswith(_ZIP):
        if tail is not None and b"word/" not in tail:
            raise UnsupportedDocument(
                next((kind for name, kind in _IN_ARCHIVES if name.encode() in tail), "an archive")
            )
    elif b"%PDF-" not in head[:_HEAD]:
        for magic, kind in _OTHER_KINDS:
            if head.startswith(magic) and (not magic.isalpha() or b"\x00" in head[:_HEAD]):
                raise UnsupportedDocument(kind)
        if b"\x00" in head and not head.startswith(_WIDE) and head.count(0) < len(head) // 4:
            raise UnsupportedDocument


def container(content: bytes) -> MediaType | None:
    """PDF or DOCX when it is one; None when it may be text. Raises UnsupportedDocument when it is something else."""
    found = content[:_HEAD].find(b"%PDF-")
    if found == 0 or (found > 0 and b"startxref" in content[-2 * _HEAD :]):
        return MediaType.PDF
    if content.startswith(_ZIP):
        return _zipped(content)
    for magic, kind in _OTHER_KINDS:
        if content.startswith(magic) and (not magic.isalpha() or b"\x00" in content[:_HEAD]):
            raise UnsupportedDocument(kind)
    return None


def text_of(content: bytes, filename: str) -> tuple[MediaType, str]:
    """What kind of text it is, and the text. Raises UnsupportedDocument when it is none."""
    declared = _CHARSET.search(content[: 2 * _HEAD])
    text = decoded(content, declared[1].decode("ascii") if declared else "")
    if text is None:
        raise UnsupportedDocument
    if not text.strip():
        raise DocumentUnreadable(UnreadableCause.EMPTY)
    return _kind_of(text, filename), text


def _zipped(content: bytes) -> MediaType:
    names = opened(content).namelist()
    if any(name.startswith("word/") for name in names):
        return MediaType.DOCX
    for start, kind in _IN_ARCHIVES:
        if any(name.startswith(start) for name in names):
            raise UnsupportedDocument(kind)
    raise UnsupportedDocument("an archive")


def _kind_of(text: str, filename: str) -> MediaType:
    if _is_page(text[: 4 * _HEAD]):
        return MediaType.HTML
    if known := _NAMES.get(PurePath(filename).suffix.lower().lstrip(".")):
        return known
    return MediaType.MARKDOWN if _MARKDOWN.match(text) else MediaType.TEXT


def _is_page(head: str) -> bool:
    """Whether it begins as an HTML page does, after any comments."""
    head = head.lstrip()
    for begin, end in _BEFORE_HTML * 4:
        if head.startswith(begin):
            head = head[head.find(end) + len(end) :].lstrip() if end in head else ""
    return head[:14].lower().startswith(("<!doctype html", "<html"))
