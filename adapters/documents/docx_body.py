"""From the elements of a Word file to a draft."""

import re
from dataclasses import dataclass, field

from adapters.documents.docx_parts import Attributes
from adapters.documents.docx_styles import Styles
from adapters.documents.draft import Draft

_UNSEEN = frozenset({"del", "moveFrom", "2006:Fallback", "instrText", "delText", "rt"})
_SAID = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CAPTION = re.compile(r"(?:table|tabelle|tableau|tabla|tabella|таблица|表)\s*\d", re.I)
_CAPTION_CHARACTERS = 300
_WIDEST_SPAN = 100


@dataclass(slots=True)
class _Paragraph:
    said: list[str] = field(default_factory=list)
    style: str = ""
    level: int | None = None
    is_item: bool | None = None


@dataclass(slots=True)
class _Grid:
    """A table in the making: text goes to `cell` of its last row. The first `headers` rows name the columns."""

    rows: list[list[str]] = field(default_factory=list)
    cell: int = -1
    headers: int = 0


@dataclass(slots=True)
class Body:
    """The state of one pass over the elements of a part. Tables in tables are text in a cell."""

    draft: Draft
    styles: Styles
    title: str = ""
    _paragraphs: list[_Paragraph] = field(default_factory=list)  # those of a text box stand in another
    _grid: _Grid = field(default_factory=_Grid)
    _tables: int = 0  # how deep in tables
    _unseen: int = 0  # how deep in what is not shown
    _is_text: bool = False
    _is_hidden: bool = False
    _caption: str = ""
    _follows_item: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
        elif name == "p":
            self._paragraphs.append(_Paragraph())
        elif name in ("t", "math:t"):
            self._is_text = not self._is_hidden
        elif name == "r":
            self._is_hidden = False
        elif name == "vanish":
            self._is_hidden = attributes.get("val") not in ("0", "false", "off")
        elif self._paragraphs:
            self._say_of(self._paragraphs[-1], name, attributes.get("val", ""))
        else:
            self._start_in_table(name, attributes.get("val", ""))

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name in ("t", "math:t"):
            self._is_text = False
        elif name == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif name == "tbl" and self._tables:
            self._tables -= 1
            if not self._tables:
                self._end_table()

    def text(self, text: str) -> None:
        if self._is_text and self._paragraphs and not self._unseen:
            self._paragraphs[-1].said.append(text)

    def _say_of(self, paragraph: _Paragraph, name: str, value: str) -> None:
        if name == "pStyle":
            paragraph.style = value
        elif name == "outlineLvl" and value.isdecimal() and int(value[:3]) < 9:
            paragraph.level = int(value) + 1
        elif name == "numId":
            paragraph.is_item = value != "0"
        elif name in _SAID:
            paragraph.said.append(_SAID[name])

    def _start_in_table(self, name: str, value: str) -> None:
        if name == "tbl":
            self._tables += 1
        if self._tables != 1:
            return
        if name == "tr":
            self._grid.rows.append([])
        elif name == "tblHeader":
            self._grid.headers = len(self._grid.rows)
        elif name == "tc" and self._grid.rows:
            self._grid.cell = len(self._grid.rows[-1])
            self._grid.rows[-1].append("")
        elif name == "gridSpan" and self._grid.rows and value.isdecimal() and len(value) < 6:
            self._grid.rows[-1] += [""] * (min(int(value), _WIDEST_SPAN) - 1)

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.said).strip()
        if not text:
            return
        if self._paragraphs and not self._tables:  # a text box: it comes before the paragraph that it is tied to
            self.draft.block(text)
        elif self._tables:
            self._fill_cell(text)
        else:
            self._add(paragraph, text)

    def _fill_cell(self, text: str) -> None:
        row = self._grid.rows[-1] if self._grid.rows else []
        if 0 <= self._grid.cell < len(row):
            row[self._grid.cell] = f"{row[self._grid.cell]} {text}".strip()

    def _add(self, paragraph: _Paragraph, text: str) -> None:
        style = self.styles.name(paragraph.style)
        level = paragraph.level or self.styles.level(paragraph.style)
        self._caption = text[:_CAPTION_CHARACTERS] if style == "caption" or _CAPTION.match(text) else ""
        is_item = level is None and (
            paragraph.is_item or (paragraph.is_item is None and self.styles.is_item(paragraph.style))
        )
        if level is not None:
            self.draft.heading(text, level)
        elif is_item and self._follows_item:
            self.draft.add(f"\n- {text}")
        else:
            self.draft.block(f"- {text}" if is_item else text)
        self._follows_item = is_item
        if style == "title" and not self.title:
            self.title = text

    def _end_table(self) -> None:
        headers = self._grid.headers or 1  # most tables name their columns without saying that they do
        self.draft.table(self._grid.rows[:headers], self._grid.rows[headers:], self._caption)
        self._grid = _Grid()
        self._caption, self._follows_item = "", False
