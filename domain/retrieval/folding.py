"""One spelling for what people write in several: case, width, accents, vowel points."""

import unicodedata
from functools import lru_cache

# Letters with a stroke or a ligature, which Unicode does not take apart.
LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th"}
)
# What may stand in a word without being seen, or without meaning anything for a search.
INVISIBLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x640, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])

LATIN_AND_GREEK = range(0x0000, 0x0400)
CYRILLIC = range(0x0400, 0x0530)
POINTS = frozenset([*range(0x0591, 0x05C8), *range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670])
"""Hebrew and Arabic vowel points and hamzas above letters, which most writers leave out."""
STRESS = frozenset([0x300, 0x301])


def plain(text: str) -> str:
    """The text in its compatible, composed form, without invisible characters; upper case stays."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text.translate(INVISIBLE))


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """The word without case and accents: `Été` is `ete`.

    A mark goes only where its script's writers leave it out: й and the vowel signs of Hindi or Thai stay.
    """
    word = word.casefold()
    if word.isascii():
        return word
    kept: list[str] = []
    base = 0
    for character in unicodedata.normalize("NFD", word.translate(LETTERS)):
        code = ord(character)
        if not unicodedata.combining(character):
            base = code
        elif _is_left_out(code, base):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _is_left_out(mark: int, base: int) -> bool:
    if mark in POINTS:
        return True
    if base in CYRILLIC:
        return mark in STRESS or (mark == 0x308 and chr(base) == "е")
    return base in LATIN_AND_GREEK or 0x1E00 <= base < 0x2000
