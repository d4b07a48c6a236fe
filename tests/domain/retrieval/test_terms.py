"""What a chunk is found by, and what a question looks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retrieval.query import MOST_WORDS, query_of
from domain.retrieval.terms import FIELD_GAP, LAST_POSITION, terms_of, unstemmed


def without_s(word: str) -> str:
    return word.removesuffix("s")


def without_er(word: str) -> str:
    return word.removesuffix("er")


def test_terms_have_no_case_no_accents_and_no_endings() -> None:
    terms = terms_of(["Cafés, CAFÉ; 1990s"], without_s)
    assert terms.positions == {"cafe": (0, 1), "1990s": (2,)}
    assert terms.length == 3


def test_fields_count_alike_and_no_phrase_reaches_from_one_into_the_next() -> None:
    terms = terms_of(["Title", "", "the text"], unstemmed)
    assert terms.positions == {"title": (0,), "the": (1 + 2 * FIELD_GAP,), "text": (2 + 2 * FIELD_GAP,)}
    assert terms.length == 3


def test_an_identifier_is_a_term_whole_and_in_parts_but_as_long_as_its_parts() -> None:
    terms = terms_of(["user_names"], without_s)
    assert terms.positions == {"username": (0,), "user": (0,), "name": (1,)}
    assert terms.length == 2


def test_positions_are_bounded_in_a_chunk_without_end() -> None:
    terms = terms_of(["a " * (LAST_POSITION + 3)], unstemmed)
    assert terms.positions["a"][-1] == LAST_POSITION
    assert terms.length == LAST_POSITION + 3


def test_a_word_is_looked_for_in_every_language_and_as_it_is() -> None:
    (word,) = query_of("Runners", [without_s, without_er]).words
    assert word.variants == {"runner", "runners"}


def test_a_question_is_its_words_each_once_with_how_often() -> None:
    words = query_of("the cat, the CAT and 水", [unstemmed]).words
    assert [(sorted(word.variants), word.times) for word in words] == [
        (["the"], 2),
        (["cat"], 2),
        (["and"], 1),
        (["水"], 1),
    ]


def test_characters_of_scripts_without_spaces_are_looked_for_in_runs() -> None:
    assert [sorted(word.variants) for word in query_of("東京都", []).words] == [["東京"], ["京都"]]


@pytest.mark.parametrize(
    "question", ['say "red foxes" now', "say “red foxes” now", "say „red foxes“ now", "«red foxes»"]
)
def test_what_is_quoted_is_a_phrase_and_its_words_are_words_too(question: str) -> None:
    query = query_of(question, [without_s])
    assert query.phrases == ((frozenset({"red"}), frozenset({"foxe", "foxes"})),)
    assert {"red", "foxe"} <= query.terms


def test_a_quoted_identifier_is_a_row_of_its_parts() -> None:
    assert query_of('"user_name"', []).phrases == ((frozenset({"user"}), frozenset({"name"})),)


@pytest.mark.parametrize("question", ['an " alone', '""', '"?!"', "it's", "5' 3\""])
def test_other_quotation_marks_mean_nothing(question: str) -> None:
    assert query_of(question, []).phrases == ()


def test_quotation_marks_mean_nothing_when_nobody_means_them() -> None:
    assert query_of('a "red fox"', [], quotes=False).phrases == ()


def test_a_question_without_end_is_its_first_words() -> None:
    query = query_of(" ".join(f"w{n}" for n in range(10_000)), [])
    assert len(query.words) == MOST_WORDS
    assert query.words[0].variants == {"w0"}


@given(st.text())
def test_any_text_is_a_question_and_finds_the_chunk_that_says_it(text: str) -> None:
    terms = terms_of([text], without_s)
    query = query_of(text, [without_s], quotes=False)
    assert all(any(term in terms.positions for term in word.variants) for word in query.words)
