"""Text to the numbers of a BERT vocabulary: J. Devlin et al., "BERT" (2018), section 3, and Y. Wu et al. (2016)."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

LONGEST_WORD = 100
IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2CEAF), (0x2F800, 0x2FA1F))


class WordPiece:
    def __init__(self, vocabulary: dict[str, int], *, lower_case: bool) -> None:
        self._vocabulary, self._lower_case = vocabulary, lower_case
        self._first, self._last = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._unknown = vocabulary["[UNK]"]
        self._pieces = lru_cache(maxsize=65_536)(self._split)

    @classmethod
    def from_file(cls, path: Path, *, lower_case: bool) -> "WordPiece":
        """A `vocab.txt`: one piece a line. Raise ValueError without the pieces that every BERT has."""
        lines = path.read_text(encoding="utf-8").split("\n")
        vocabulary = {line.rstrip("\r"): number for number, line in enumerate(lines) if line.strip()}
        if missing := {"[CLS]", "[SEP]", "[UNK]"} - vocabulary.keys():
            raise ValueError(f"{path.name} is no vocabulary of a BERT: it lacks {', '.join(sorted(missing))}")
        return cls(vocabulary, lower_case=lower_case)

    def encode(self, text: str, *, at_most: int) -> list[int]:
        """The text's numbers between those of its beginning and its end; what is too much is left out."""
        numbers = [self._first]
        for word in self._words(text):
            numbers += self._pieces(word)
            if len(numbers) >= at_most - 1:
                break
        return [*numbers[: at_most - 1], self._last]

    def _words(self, text: str) -> Iterator[str]:
        spaced = "".join(f" {c} " if _is_ideograph(c) else c for c in map(_cleaned, text))
        for word in spaced.split():
            yield from _cut_at_punctuation(_without_accents(word.lower()) if self._lower_case else word)

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest piece that is known, then the longest of the rest, and so on; unknown if the rest is."""
        numbers, start = [], 0
        while start < len(word) <= LONGEST_WORD:
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                if piece in self._vocabulary:
                    break
            else:
                return (self._unknown,)
            numbers.append(self._vocabulary[piece])
            start = end
        return tuple(numbers) or (self._unknown,)


def _cleaned(character: str) -> str:
    if " " < character < "\x7f":
        return character
    if character.isspace() or unicodedata.category(character) == "Zs":
        return " "
    return "" if unicodedata.category(character)[0] == "C" or character == "\ufffd" else character


def _is_ideograph(character: str) -> bool:
    return character > "\u33ff" and any(first <= ord(character) <= last for first, last in IDEOGRAPHS)


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")


def _cut_at_punctuation(word: str) -> Iterator[str]:
    start = 0
    for at, character in enumerate(word):
        if _is_punctuation(character):
            if start < at:
                yield word[start:at]
            yield character
            start = at + 1
    if start < len(word):
        yield word[start:]


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return not character.isalnum() and " " < character < "\x7f"
    return unicodedata.category(character)[0] == "P"
