"""BM25 against numbers that were worked out by hand, and what it promises."""

from math import isclose, log

from hypothesis import given
from hypothesis import strategies as st

from domain.retrieval.query import Query, Word
from domain.retrieval.ranking import COMMON_FROM_CHUNKS, K1, rarity, saturation, total_weight, weights


def word(*variants: str, times: int = 1) -> Word:
    return Word(frozenset(variants), times)


def test_the_formulas_give_what_they_give_on_paper() -> None:
    assert isclose(rarity(2, 10), log(1 + 8.5 / 2.5))
    assert isclose(saturation(1, 100, 100), 1.0), "once, in a chunk of average length"
    assert isclose(saturation(2, 200, 100), 2 * 2.2 / (2 + 1.2 * 1.75))


@given(st.integers(0, 1000), st.integers(1, 1000), st.floats(1, 1000))
def test_a_word_always_counts_a_little_and_never_without_bound(times: int, length: int, average: float) -> None:
    assert 0 <= saturation(times, length, average) < K1 + 1


@given(st.integers(1, 1000), st.data())
def test_the_rarer_the_more_and_never_less_than_nothing(chunks: int, data: st.DataObject) -> None:
    found_in = data.draw(st.integers(1, chunks))
    assert rarity(found_in - 1, chunks) > rarity(found_in, chunks) > 0


def test_the_forms_of_a_word_are_as_rare_as_all_of_them_together() -> None:
    run = word("run", "running")
    assert weights(Query((run,)), {"run": 3, "running": 1}, 100) == {run: rarity(4, 100)}


def test_a_word_that_stands_nowhere_is_not_looked_up_but_missed() -> None:
    query = Query((word("here"), word("nowhere")))
    assert list(weights(query, {"here": 1}, 10)) == [word("here")]
    assert isclose(total_weight(query, {"here": 1}, 10), rarity(1, 10) + rarity(0, 10))


def test_among_many_chunks_a_common_word_is_looked_up_only_when_nothing_rarer_is_there() -> None:
    the, fox = word("the"), word("fox")
    common = {"the": COMMON_FROM_CHUNKS - 1, "fox": 3}
    assert list(weights(Query((the, fox)), common, COMMON_FROM_CHUNKS)) == [fox]
    assert list(weights(Query((the,)), common, COMMON_FROM_CHUNKS)) == [the]
    assert list(weights(Query((the, fox)), {"the": 3, "fox": 1}, 3)) == [the, fox]


def test_a_word_asked_for_twice_counts_twice() -> None:
    twice = word("fox", times=2)
    assert weights(Query((twice,)), {"fox": 1}, 10) == {twice: 2 * rarity(1, 10)}
