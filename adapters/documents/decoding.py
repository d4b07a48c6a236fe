"""From bytes to text, whatever the encoding."""

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2")
# Encodings that nobody has used for documents are left out: where they fit, they fit by chance.
_GUESSES = [
    *_LATIN,
    *("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "cp949"),
]
_DECLARABLE = re.compile(r"(cp|windows|iso|latin|l1|us-?ascii|mac|koi8|shift|sjis|euc|gb|big5|ks_c|utf-?8)", re.I)
_LATIN_1 = re.compile(r"(iso-?8859-?1|latin-?1|l1|us-?ascii)\Z", re.I)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_AS_CLEAN = 0.01
_SAMPLE = 256 * 1024
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # what a text has none of; escape is in terminal logs
_NO_TEXT_SHARE = 0.02
_EAST_ASIAN = re.compile(
    r"(?=.*[\u3001-\u30ff])[\s\x20-\x7e\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]{4,}", re.S
)


def decoded(content: bytes, declared: str = "") -> str | None:
    """The text; None when these bytes are no text. `declared` is the encoding that the document itself names.

    A byte order mark decides, then UTF-8 when it fits but for a few bytes, then `declared`, then a guess from the
    letters that would come out. What does not fit in the end becomes U+FFFD.
    """
    return _if_text(content.decode(_encoding(content, declared), "replace"))


def _encoding(content: bytes, declared: str) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" not in content[:_SAMPLE] and _fits_utf8(content):
        return "utf-8"
    if wide := _wide_and_east_asian(content) or _wide(content):
        return wide
    if _fits_utf8(content):
        return "utf-8"
    if _DECLARABLE.match(declared) and _exists(declared):
        return "cp1252" if _LATIN_1.match(declared) else declared  # as browsers take it
    return _guess(content[: content.rfind(b"\n", 0, _SAMPLE) + 1] or content[:_SAMPLE])


def _fits_utf8(content: bytes) -> bool:
    """A file of a mixed origin or with a torn end is still UTF-8: other encodings hardly ever form its sequences."""
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content[:_SAMPLE].decode(errors="replace")
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        return text.count("\ufffd") * 20 < beyond_ascii
    return True


def _exists(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _guess(sample: bytes) -> str:
    matches = list(from_bytes(sample, cp_isolation=list(_LATIN if _is_mostly_latin(sample) else _GUESSES)))
    if not matches:
        return _GUESSES[0]
    likely = [match for match in matches if match.chaos <= matches[0].chaos + _AS_CLEAN]
    most = max(match.coherence for match in likely)
    equal = [match.encoding for match in likely if match.coherence == most]
    return min(equal, key=_GUESSES.index) if equal[0] in _LATIN else equal[0]


def _is_mostly_latin(sample: bytes) -> bool:
    """Few letters are beyond ASCII, and those stand alone, as accented ones do."""
    runs = _BEYOND_ASCII.findall(sample)
    beyond = sum(map(len, runs))
    return beyond < 0.3 * len(sample.translate(None, b" \r\n\t")) and beyond < 1.6 * len(runs)


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is 0, or many are where there are blanks and digits."""
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(content) % 2 or max(even, odd) <= len(sample) // 40 or min(even, odd) > max(even, odd) // 10:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _wide_and_east_asian(content: bytes) -> str:
    """UTF-16 without a mark and without blanks; a kana or a full stop gives it away."""
    sample = content[: _SAMPLE if len(content) % 2 == 0 else 0]
    return next(
        (wide for wide in ("utf-16-le", "utf-16-be") if _EAST_ASIAN.fullmatch(sample.decode(wide, "replace"))), ""
    )


def _if_text(text: str) -> str | None:
    sample = text[:_SAMPLE]
    return None if len(_NO_TEXT.findall(sample)) > 1 + len(sample) * _NO_TEXT_SHARE else text
