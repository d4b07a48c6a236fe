"""Word files (.docx): paragraphs, headings, lists, tables and notes, in the order of the text."""

from adapters.documents.docx_body import Body
from adapters.documents.docx_parts import Attributes, Parts
from adapters.documents.docx_styles import Styles
from adapters.documents.draft import Draft
from domain.errors import DocumentUnreadable, UnreadableCause
from domain.reading import MediaType, Reading


def docx_reading(content: bytes, max_characters: int) -> Reading:
    """Without pages: where they end is known only to the program that lays the text out."""
    parts = Parts(content)
    body = Body(Draft(MediaType.DOCX, max_characters), Styles.of(parts))
    if not parts.parse(_main_part(parts), body.start, body.end, body.text):
        raise DocumentUnreadable(UnreadableCause.DAMAGED)
    for notes in ("word/footnotes.xml", "word/endnotes.xml"):
        parts.parse(notes, body.start, body.end, body.text)
    body.draft.title = body.title or _title(parts)
    return body.draft.finished()


def _main_part(parts: Parts) -> str:
    """Its name is free; most writers call it the same."""
    names: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            names.append(attributes.get("Target", "").lstrip("/"))

    parts.parse("_rels/.rels", start, lambda name: None, lambda text: None)
    return names[0] if names else "word/document.xml"


def _title(parts: Parts) -> str:
    """As the properties of the file have it."""
    said: list[str] = []
    element = ""

    def start(name: str, _: Attributes) -> None:
        nonlocal element
        element = name

    def text(text: str) -> None:
        if element.endswith(":title"):
            said.append(text)

    parts.parse("docProps/core.xml", start, lambda name: start("", {}), text)
    return "".join(said)
