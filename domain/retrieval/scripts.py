"""Which characters words are made of, as classes for regular expressions.

Python's `\\w` knows letters and numbers, but not the marks that are half of a word in Hindi, Thai or Arabic; and it
cannot tell the scripts that are written without spaces between words.
"""

import unicodedata
from collections.abc import Iterable

MARKS_END = 0x1F000  # no mark that words are made of stands behind it, but for the variation selectors
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
HANGUL = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xAC00, 0xD7FB))
KANA_AND_BOPOMOFO = ((0x2E80, 0x2FD5), (0x3005, 0x312F), (0x3131, 0x318E), (0x31A0, 0x31FF), (0x1B000, 0x1B16F))
SOUTH_EAST_ASIAN = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A00, 0x1AAF),  # Buginese, Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0xA980, 0xA9FF),  # Javanese, Myanmar
    (0xAA60, 0xAADF),  # Myanmar, Tai Viet
)


def is_in_word(character: str) -> bool:
    """Letters, marks and numbers, by Unicode category."""
    return unicodedata.category(character)[0] in "LMN"


def _class_of(numbers: Iterable[int]) -> str:
    """Code points in rising order as the inside of a class: `a-cx`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _words_in(ranges: Iterable[tuple[int, int]]) -> str:
    return _class_of(n for first, last in sorted(ranges) for n in range(first, last + 1) if is_in_word(chr(n)))


MARKS = (
    _class_of(n for n in range(0x300, MARKS_END) if unicodedata.category(chr(n))[0] == "M") + "\U000e0100-\U000e01ef"
)
PAIRED = "".join(f"{chr(a)}-{chr(b)}" for a, b in (*HAN, *HANGUL)) + _words_in(KANA_AND_BOPOMOFO)
"""Chinese, Japanese and Korean: searched by pairs of characters."""
TRIPLED = _words_in(SOUTH_EAST_ASIAN)
"""Scripts of South East Asia that set no spaces between words: searched by threes."""
