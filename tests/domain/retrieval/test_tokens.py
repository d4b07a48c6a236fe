"""What counts as a word, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retrieval.folding import folded
from domain.retrieval.tokens import WORD_CHARACTERS, Kind, tokens


def words(text: str, *kinds: Kind) -> list[str]:
    return [token.text for token in tokens(text) if token.kind in (kinds or (Kind.PART, Kind.WHOLE))]


def parts(text: str) -> list[str]:
    return words(text, Kind.PART)


def grams(text: str) -> list[str]:
    return words(text, Kind.GRAM)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, world! (It's me.)", ["Hello", "world", "It", "s", "me"]),
        ("l'homme — “où”?", ["l", "homme", "où"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("Українська мова, їжак", ["Українська", "мова", "їжак"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("naïve cafe\u0301", ["naïve", "café"]),
        ("ﬁne ① Ｆｕｌｌ", ["fine", "1", "Full"]),
        ("soft\u00adhyphen zero\u200dwidth", ["softhyphen", "zerowidth"]),
        ("1,234,567 and 12,34", ["1234567", "and", "12", "34"]),
        ("C++ and C# but C", ["C++", "and", "C#", "but", "C"]),
        ("", []),
        ("!?…—/\\\"'%&()[]{}*+:;<>|~^`\x00", []),
    ],
)
def test_words_are_letters_marks_and_numbers(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "whole", "split"),
    [
        ("user_name", "username", ["user", "name"]),
        ("userName", "userName", ["user", "Name"]),
        ("user-name", "username", ["user", "name"]),
        ("parseHTTPReply", "parseHTTPReply", ["parse", "HTTP", "Reply"]),
        ("__init__", None, ["init"]),
        ("v1.2.3", "v1.2.3", ["v1", "2", "3"]),
        ("os.path.join", "os.path.join", ["os", "path", "join"]),
        ("3.14", "3.14", ["3", "14"]),
        ("U.S.A.", "USA", ["U", "S", "A"]),
        ("SARS-CoV-2", "SARSCoV2", ["SARS", "Co", "V", "2"]),
        ("ISO-9001", "ISO9001", ["ISO", "9001"]),
        ("737-27-1318", "737271318", ["737", "27", "1318"]),
        ("DNAs", None, ["DNAs"]),
        ("HTTP2", None, ["HTTP2"]),
    ],
)
def test_an_identifier_is_found_whole_and_by_its_parts(text: str, whole: str | None, split: list[str]) -> None:
    assert parts(text) == split
    assert words(text, Kind.WHOLE) == ([whole] if whole else [])


def test_parts_stand_in_a_row_and_the_whole_where_they_begin() -> None:
    made = [(token.text, token.position) for token in tokens("call user_name now")]
    assert made == [("call", 0), ("username", 1), ("user", 1), ("name", 2), ("now", 3)]


def test_what_has_no_spaces_is_cut_into_overlapping_runs() -> None:
    assert grams("東京都に") == ["東京", "京都", "都に"]
    assert grams("학교에서") == ["학교", "교에", "에서"]
    assert grams("ภาษาไทย")[:2] == ["ภาษ", "าษา"]
    assert grams("水") == ["水"]
    assert words("東京", Kind.SHORT_GRAM) == ["東", "京"], "so that one character is found within a longer run"


def test_scripts_that_meet_in_one_word_are_told_apart() -> None:
    assert parts("使用Python3编程") == ["Python3"]
    assert grams("使用Python3编程") == ["使用", "编程"]


def test_a_word_without_an_end_is_cut() -> None:
    assert parts("a" * 10_000) == ["a" * WORD_CHARACTERS]


@given(st.text())
def test_any_text_gives_words_in_rising_order_that_are_never_empty(text: str) -> None:
    made = list(tokens(text))
    assert all(token.text and len(token.text) <= WORD_CHARACTERS for token in made)
    positions = [token.position for token in made]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("ÉTÉ", "ete"),
        ("Straße", "strasse"),
        ("Ørsted", "orsted"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Ἀθήνα", "αθηνα"),
        ("ёлка", "елка"),
        ("йод", "йод"),
        ("їжак", "їжак"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी", "हिन्दी"),
        ("ガ", "ガ"),
    ],
)
def test_accents_go_where_people_leave_them_out(word: str, plain: str) -> None:
    assert folded(word) == plain


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
