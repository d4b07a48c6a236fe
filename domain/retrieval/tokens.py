"""Words of a text and where they stand: in any script, with identifiers both whole and in parts.

Scripts without spaces are cut into overlapping runs of characters (n-grams), which needs no dictionary: on a Chinese
set, words as `\\w` finds them scored nDCG@10 0.11, pairs of characters 0.96.
"""

import re
from collections.abc import Iterator
from enum import IntEnum, auto
from typing import NamedTuple

from domain.retrieval.folding import plain
from domain.retrieval.scripts import MARKS, PAIRED, TRIPLED

WORD_CHARACTERS = 64
"""A longer word is cut: nobody searches for the rest of a line of base64."""


class Kind(IntEnum):
    """`PART` stands alone or is a part of a compound, `WHOLE` is a compound in one piece. The others are n-grams:
    `GRAM` as a query uses them, `SHORT_GRAM` for a query that is shorter than they are."""

    PART = auto()
    WHOLE = auto()
    GRAM = auto()
    SHORT_GRAM = auto()


class Token(NamedTuple):
    """`text` in its own case; `position` counts parts and characters of n-grams from 0, so that a phrase is a row."""

    text: str
    position: int
    kind: Kind = Kind.PART


_SPACED = rf"[^\W_{PAIRED}{TRIPLED}]"
_LETTERS = rf"{_SPACED}(?:{_SPACED}|[{MARKS}])*+"
_TOKENS = re.compile(
    rf"""(?P<number> (?<![\w.,]) \d{{1,3}} (?: ,\d{{3}} )++ (?![\w,]) )       # 1,234,567
      |  (?P<language> (?<!\w) [A-Za-z] (?: \+\+ | \# ) (?!\w) )              # C++, C#
      |  (?P<compound> {_LETTERS} (?: (?: _++ | [-.‐‑] ) {_LETTERS} )*+ )     # words and identifiers
      |  (?P<pairs> [{PAIRED}] [{PAIRED}{MARKS}]*+ )
      |  (?P<triples> [{TRIPLED}]++ )""",
    re.VERBOSE,
)
_JOINTS = re.compile(r"[_.‐‑-]+")


def tokens(text: str) -> Iterator[Token]:
    """Every word of the text in order; punctuation is nowhere in them and no character is special."""
    position = 0
    for found in _TOKENS.finditer(plain(text)):
        kind, word = found.lastgroup, found[0]
        if word.islower() and word.isalnum() and kind == "compound":  # nearly every word there is
            yield Token(word[:WORD_CHARACTERS], position)
            position += 1
            continue
        if kind == "compound":
            made = _compound(word, position)
        elif kind == "pairs":
            made = _grams(word, position, size=2)
        elif kind == "triples":
            made = _grams(word, position, size=3)
        else:
            made = [Token(word.replace(",", ""), position)]
        yield from made
        position = made[-1].position + 1


def _grams(run: str, position: int, *, size: int) -> list[Token]:
    """All runs of `size` characters, and all of one fewer; a word that is shorter is one gram by itself."""
    length = len(run)
    made = []
    for at in range(length):
        if at + size <= length:
            made.append(Token(run[at : at + size], position + at, Kind.GRAM))
        if at + size - 1 <= length:
            is_all = length < size
            made.append(Token(run[at : at + size - 1], position + at, Kind.GRAM if is_all else Kind.SHORT_GRAM))
    return made or [Token(run, position, Kind.GRAM)]


def _compound(word: str, position: int) -> list[Token]:
    pieces = _JOINTS.split(word)
    parts = [part for piece in pieces for part in _humps(piece)]
    if len(parts) == 1:
        return [Token(parts[0][:WORD_CHARACTERS], position)]
    made = [Token(part[:WORD_CHARACTERS], position + at) for at, part in enumerate(parts)]
    return [Token(_joined(word, pieces)[:WORD_CHARACTERS], position, Kind.WHOLE), *made]


def _joined(word: str, pieces: list[str]) -> str:
    """`user_name`, `user-name` and `userName` are one; the dots of `v1.2.3` stay, those of `U.S.A` do not."""
    return "".join(pieces) if "." not in word or all(len(piece) == 1 for piece in pieces) else _dotted(word)


def _dotted(word: str) -> str:
    return ".".join("".join(_JOINTS.split(piece)) for piece in word.split("."))


def _humps(piece: str) -> list[str]:
    """`parseHTTPReply` is `parse`, `HTTP`, `Reply`; `DNAs` is one."""
    if piece.islower() or piece.isupper() or piece.istitle():
        return [piece]
    cuts = [at for at in range(1, len(piece)) if _is_hump(piece, at)]
    return [piece[start:end] for start, end in zip([0, *cuts], [*cuts, len(piece)], strict=True)]


def _is_hump(piece: str, at: int) -> bool:
    if not piece[at].isupper():
        return False
    following = piece[at + 1 :]
    return piece[at - 1].islower() or (piece[at - 1].isupper() and following[:1].islower() and following != "s")
