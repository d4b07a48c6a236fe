"""Texts from outside: what is taken, what is refused by name, and what a title is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import Reasoning, Text, checked_text, storable, text_of
from domain.errors import InvalidInput
from domain.title import title_from
from tests.support.builders import ODD_TEXTS

any_text = st.text(st.characters(categories=("L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Cs", "Co", "Cn")), max_size=200)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_every_real_text_is_taken_as_it_is(text: str) -> None:
    assert storable(text, field="message") == text
    assert checked_text(text, field="message") == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must not be empty"),
        (" \t\n\u2003", "must not be empty"),
        ("123456", "must have at most 5 characters, not 6"),
        ("a\x00b", "NUL"),
        ("a\ud83d", "half of a surrogate pair at character 1"),
        ("\udc00", "half of a surrogate pair at character 0"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_name_of_the_field(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_text(text, field="title", longest=5)
    assert refusal.value.field == "title"
    assert str(refusal.value).startswith("title: ")
    assert reason in str(refusal.value)


def test_the_limits_themselves_are_allowed() -> None:
    assert checked_text("12345", field="title", longest=5) == "12345"
    assert checked_text("🙂" * 5, field="title", longest=5) == "🙂" * 5


@given(any_text)
def test_what_is_taken_survives_every_encoding_on_the_way_to_a_store(text: str) -> None:
    try:
        taken = storable(text, field="message")
    except InvalidInput:
        assert "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)
    else:
        assert taken == text
        assert taken.encode().decode() == taken
        assert "\x00" not in taken


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Why?", "Why?"),
        ("  Why\n\n is\tit so? ", "Why is it so?"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("a" * 58 + " bcd", "a" * 58 + "…"),
    ],
)
def test_a_title_is_the_first_words_of_the_question(question: str, title: str) -> None:
    assert title_from(question) == title


@given(st.text(max_size=200))
def test_a_title_is_one_short_line(question: str) -> None:
    title = title_from(question)
    assert len(title) <= 60
    assert len(title.splitlines()) <= 1
    assert bool(title) == bool(question.strip())


def test_the_words_of_a_message_are_its_texts_without_its_reasoning() -> None:
    assert text_of([Text("Be"), Reasoning("hm"), Text("cause.")]) == "Because."
