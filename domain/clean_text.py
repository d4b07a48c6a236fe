"""The one form that the text of every document has."""

import re
import unicodedata

LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
SPACES = re.compile(r"[\xa0\u2007\u202f]")
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls: Postgres cannot keep NUL
    "\xad\u200b\u2060\ufeff"  # soft hyphens and spaces without a width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions, which can show another text than is read
    "\ufdd0-\ufdef\ufffe\uffff\ufff9-\ufffb"  # what is no character
    "\U000e0000-\U000e007f]"  # tags, which can hold a text that nobody sees
)
HALF = re.compile(r"[\ud800-\udfff]")
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def clean_text(text: str) -> str:
    """Lines end with \\n; what nobody can see is gone; ligatures are letters; the rest is in Unicode's form C.

    Form KC would also turn x² into x2 and ① into 1: that is another text, and a quotation of the original would no
    longer be found in it. Joiners stay: in Persian and in emoji they are part of the spelling.
    """
    text = LINE_ENDS.sub("\n", text)
    text = UNSEEN.sub("", SPACES.sub(" ", text))
    text = HALF.sub("\ufffd", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(LIGATURES))
    return text
