"""Marks of sources in an answer while it is written: known ones are announced, unknown ones never shown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST_MARK = 64
WIDEST_RANGE = 20
FENCE = 3

_NUMBERS = r"\d+(?:\s*[,;–-]\s*\d+)*"
_MARK = re.compile(rf"(?P<blank>[ \t]*)(?:\[\s*\^?(?P<plain>{_NUMBERS})\s*\]|【(?P<odd>\d+)(?:†[^】\n]*)?】)")
_BEGINNING = re.compile(r"[ \t]*(?:\[\s*\^?(?:\d[\d,;\s–-]*)?|【(?:\d+(?:†[^】\n]*)?)?)?")
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)|(\d+)")


@dataclass(frozen=True, slots=True)
class Cited:
    """The text that follows cites the source of this number, for the first time."""

    number: int


class CitationFilter:
    """Takes an answer in pieces and gives it back, with `Cited` before each first mark of a source.

    Marks are `[1]`, `[1, 3]`, `[1-3]`, `[^1]` and `【1†...】`, and come out as `[1][3]`. A number that names no source
    goes, with the blank before it. In code nothing is a mark. Text is held back only as long as it may become a mark,
    and however the answer is cut into pieces, the same comes out.

    `sources` are so many, from 1 on, or the number to show for each that may be written; those `cited` were announced
    before.
    """

    def __init__(self, sources: int | Mapping[int, int], *, cited: Iterable[int] = ()) -> None:
        self._shown = sources if isinstance(sources, Mapping) else {n: n for n in range(1, sources + 1)}
        self._cited = set(cited)
        self._held = ""
        self._code = _Code()

    def feed(self, text: str) -> list[str | Cited]:
        """What is certain by now, in order; neighbouring text is one piece."""
        out: list[str | Cited] = []
        for character in text:
            self._code.look_at(character)
            self._take(character, out)
        return out

    def finish(self) -> list[str | Cited]:
        """The rest, at the end of the answer."""
        out: list[str | Cited] = []
        self._release(out)
        return out

    def _take(self, character: str, out: list[str | Cited]) -> None:
        held = self._held + character
        if not self._code.is_open:
            if mark := _MARK.fullmatch(held):
                self._held = ""
                self._replace(mark, out)
                return
            if len(held) <= LONGEST_MARK and _BEGINNING.fullmatch(held):
                self._held = held
                return
        if self._held and not self._code.is_open:
            self._release(out)
            self._take(character, out)
        else:
            _say(character, out)

    def _release(self, out: list[str | Cited]) -> None:
        _say(self._held, out)
        self._held = ""

    def _replace(self, mark: re.Match[str], out: list[str | Cited]) -> None:
        written = _numbers_in(mark["plain"] or mark["odd"])
        numbers = [self._shown[number] for number in written if number in self._shown]
        if not numbers:
            return
        _say(mark["blank"], out)
        for number in dict.fromkeys(numbers):
            if number not in self._cited:
                self._cited.add(number)
                out.append(Cited(number))
            _say(f"[{number}]", out)


class _Code:
    """Whether a place in Markdown is within code: between two rows of as many backticks. A row of one or two that is
    never closed ends with its paragraph."""

    def __init__(self) -> None:
        self._open = self._row = self._breaks = 0

    @property
    def is_open(self) -> bool:
        return self._open > 0

    def look_at(self, character: str) -> None:
        """To be told every character before it is judged."""
        if character == "`":
            self._row += 1
            return
        if self._row:
            self._open = 0 if self._open == self._row else self._open or self._row
            self._row = 0
        if character == "\n":
            self._breaks += 1
            if self._breaks > 1 and self._open < FENCE:
                self._open = 0
        elif not character.isspace():
            self._breaks = 0


def _numbers_in(text: str) -> list[int]:
    numbers: list[int] = []
    for first, last, single in _RANGE.findall(text):
        if single:
            numbers.append(int(single))
        else:
            numbers += range(int(first), min(int(last), int(first) + WIDEST_RANGE) + 1)
    return numbers


def _say(text: str, out: list[str | Cited]) -> None:
    if not text:
        return
    if out and isinstance(out[-1], str):
        out[-1] += text
    else:
        out.append(text)
