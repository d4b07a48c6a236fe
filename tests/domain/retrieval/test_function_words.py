"""Words that only make a question one are not looked for, unless they are all that is asked for."""

import pytest

from domain.retrieval.function_words import FUNCTION_WORDS
from domain.retrieval.query import query_of


def asked(question: str, language: str, *, quotes: bool = True) -> list[str]:
    words = query_of(question, [], quotes=quotes, language=language).words
    return ["/".join(sorted(word.variants)) for word in words]


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("en", "What is the population of Alabama?", ["population", "alabama"]),
        ("de", "Wie hoch ist der Turm?", ["hoch", "turm"]),
        ("fr", "Où est le siège de l'ONU ?", ["siege", "l", "onu"]),
        ("es", "¿Cuándo fue la batalla?", ["batalla"]),
        ("it", "Perché è caduta la torre?", ["caduta", "torre"]),
        ("pt", "Quem é o diretor?", ["diretor"]),
        ("nl", "Hoeveel inwoners heeft de stad?", ["inwoners", "stad"]),
        ("ru", "Когда был основан её город?", ["основан", "город"]),
        ("", "What is it?", ["what", "is", "it"]),
        ("zh", "什么", ["什么"]),
    ],
)
def test_a_question_is_what_it_is_about(language: str, question: str, words: list[str]) -> None:
    assert asked(question, language) == words


def test_a_question_of_nothing_else_is_all_its_words() -> None:
    assert asked("The Who", "en") == ["the", "who"]
    assert asked("WHAT IS IT?", "en") == ["what", "is", "it"]


def test_abbreviations_and_what_is_quoted_stay() -> None:
    assert asked("What does the WHO say to IT?", "en") == ["who", "say", "it"]
    assert asked("HOW LONG IS THE WALL?", "en") == ["long", "wall"]
    for quotes in (True, False):
        assert asked('Who said "to be"?', "en", quotes=quotes) == ["said", "to", "be"]
    assert len(query_of('Who said "to be"?', [], language="en").phrases[0]) == 2


def test_parts_of_identifiers_are_found_by_the_whole() -> None:
    assert asked("where is is_valid", "en") == ["isvalid", "valid"]


def test_words_that_name_things_are_none() -> None:
    assert not FUNCTION_WORDS["en"] & {"may", "will", "us", "i", "or", "but", "no", "most", "war"}
    assert all(word == word.casefold() for words in FUNCTION_WORDS.values() for word in words)
