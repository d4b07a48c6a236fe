"""The parts of a Word file, read with bounds: an archive that unpacks to gigabytes, and XML that refers to itself."""

from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat
from zipfile import ZipInfo

from adapters.documents.archive import TORN, opened
from domain.errors import DocumentUnreadable, UnreadableCause

_PIECE = 64 * 1024
_UNPACKED_BYTES = 200 * 1024 * 1024
_ELEMENTS = 5_000_000
_DEEPEST = 2000
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # the strict form of the standard
)
Attributes = dict[str, str]
Started = Callable[[str, Attributes], None]
Said = Callable[[str], None]


class Parts:
    """The archive of one document."""

    def __init__(self, content: bytes) -> None:
        self._archive = opened(content)
        self._left = _UNPACKED_BYTES

    def parse(self, name: str, start: Started, end: Said, text: Said) -> bool:
        """Tell of every element of a part as it comes; nothing is kept. False when there is no such part.

        Names of Word's own elements and attributes come without their namespace, those of others with its last word.
        """
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            return False
        if info.flag_bits & 1:
            raise DocumentUnreadable(UnreadableCause.ENCRYPTED)
        parser = _parser(start, end, text)
        try:
            for piece in self._pieces(info):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, *TORN) as error:
            raise DocumentUnreadable(UnreadableCause.DAMAGED) from error
        return True

    def _pieces(self, info: ZipInfo) -> Iterator[bytes]:
        with self._archive.open(info) as part:
            while piece := part.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise DocumentUnreadable(UnreadableCause.TOO_MUCH)
                yield piece


def _parser(start: Started, end: Said, text: Said) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = elements = 0

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > _DEEPEST or elements > _ELEMENTS:
            raise DocumentUnreadable(UnreadableCause.TOO_MUCH)
        start(_short(name), {_short(key): value for key, value in attributes.items()} if attributes else {})

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_short(name))

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, _on_doctype
    return parser


def _on_doctype(*_: Any) -> None:
    """Word writes none; whoever does wants entities to be expanded, or files to be fetched."""
    raise DocumentUnreadable(UnreadableCause.DAMAGED)


def _short(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    if not namespace or namespace in _WORD:
        return local
    return f"{namespace.rstrip('/').rpartition('/')[2]}:{local}"
