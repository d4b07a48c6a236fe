"""Markdown: the text stays as it is; a scan of its lines finds headings, fences and tables (CommonMark, GFM).

One pass, a bounded look at each line: a parser of the whole grammar can be made to take very long.
"""

import re
from dataclasses import dataclass, field

from domain.clean_text import clean_text
from domain.errors import DocumentTooLarge
from domain.reading import TITLE_CHARACTERS, Heading, MediaType, Reading, Span, Table

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_FENCE = re.compile(r"[ \t>]{0,16}(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}|~{3,})([^`\n]{0,100})")
_DELIMITERS = re.compile(r" {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*$")
_LONGEST_DELIMITERS = 4000
_NO_TEXT_LINE = re.compile(r" {0,3}(?:$|[-*+>|<`~]|\d{1,9}[.)])|\s*$")
_MARKS = re.compile(r"[*_`]+|!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
_CAPTION = re.compile(r"[*_]{0,3}(?:table|tabelle|tab\.|tableau|tabla|tabella|таблица|表)\s*\d*", re.I)
_CAPTION_CHARACTERS = 200


def markdown_reading(text: str, max_characters: int) -> Reading:
    text = clean_text(text)
    if len(text) > max_characters:
        raise DocumentTooLarge(f"text: at most {max_characters} characters")
    scan = _Scan(text)
    scan.run()
    title = scan.title or next((heading.title for heading in scan.headings if heading.level == 1), "")
    return Reading(
        text=text,
        media_type=MediaType.MARKDOWN,
        title=title[:TITLE_CHARACTERS],
        headings=tuple(scan.headings),
        tables=tuple(scan.tables),
        code=tuple(scan.code),
    )


@dataclass(slots=True)
class _Scan:
    """Where the scan is: `lines` with their offsets, and what was found so far."""

    text: str
    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    code: list[Span] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def run(self) -> None:
        at = 0
        for line in self.text.split("\n"):
            self.lines.append(line)
            self.starts.append(at)
            at += len(line) + 1
        self.starts.append(len(self.text))
        number = self._front_matter()
        while number < len(self.lines):
            number = self._fence(number) or self._table(number) or self._heading(number) or number + 1

    def _front_matter(self) -> int:
        """The number of the first line after a block of settings between two lines of dashes, if it begins with one."""
        if self.lines[0].rstrip() != "---":
            return 0
        for number, line in enumerate(self.lines[1:200], start=1):
            if line.rstrip() in ("---", "..."):
                return number + 1
            if line.startswith("title:"):
                self.title = line.removeprefix("title:").strip().strip("\"'")
        self.title = ""
        return 0

    def _fence(self, number: int) -> int:
        if not (fence := _FENCE.match(self.lines[number])):
            return 0
        mark, last = fence[1], len(self.lines) - 1
        for end in range(number + 1, len(self.lines)):
            line = self.lines[end].strip(" \t>")
            if line.startswith(mark) and not line.strip(mark[0]):
                last = end
                break
        self.code.append(Span(self.starts[number], self._end(last)))
        return last + 1

    def _table(self, number: int) -> int:
        if number + 1 >= len(self.lines) or not self._is_table(number):
            return 0
        last = number + 1
        while last + 1 < len(self.lines) and "|" in self.lines[last + 1]:
            last += 1
        start, end = self.starts[number], self._end(last)
        self.tables.append(Table(start, end, min(end, self.starts[number + 2]), self._caption(number, last)))
        return last + 1

    def _is_table(self, number: int) -> bool:
        header, delimiters = self.lines[number], self.lines[number + 1]
        if "|" not in header or "|" not in delimiters or len(delimiters) > _LONGEST_DELIMITERS:
            return False
        return bool(_DELIMITERS.match(delimiters)) and _columns(header) == _columns(delimiters)

    def _caption(self, first: int, last: int) -> str:
        """The line before or after, at most one blank line away, when it says that it is about a table."""
        for number in (first - 1, first - 2, last + 1, last + 2):
            if 0 <= number < len(self.lines):
                line = self.lines[number].strip()
                if line.startswith(":") and number > last:  # as Pandoc has it
                    return _plain(line[1:])[:_CAPTION_CHARACTERS]
                if _CAPTION.match(line) and "|" not in line:
                    return _plain(line)[:_CAPTION_CHARACTERS]
        return ""

    def _heading(self, number: int) -> int:
        line = self.lines[number]
        if marks := _ATX.match(line):
            title = _CLOSING.sub("", line[marks.end() :])
            return self._add_heading(number, number, len(marks[1]), title)
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        is_alone = number == 0 or not self.lines[number - 1].strip()
        if is_alone and _UNDERLINE.match(following) and not _NO_TEXT_LINE.match(line) and "|" not in line:
            return self._add_heading(number, number + 1, 1 if "=" in following else 2, line)
        return 0

    def _add_heading(self, first: int, last: int, level: int, title: str) -> int:
        if title := _plain(title[: 5 * TITLE_CHARACTERS])[:TITLE_CHARACTERS]:
            self.headings.append(Heading(self.starts[first], self._end(last), level, title))
        return last + 1

    def _end(self, number: int) -> int:
        return self.starts[number] + len(self.lines[number])


def _columns(line: str) -> int:
    return line.strip().strip("|").replace("\\|", "").count("|") + 1


def _plain(title: str) -> str:
    """A title without its emphasis and with the text of its links."""
    return " ".join(_MARKS.sub(r"\1", title).split())
