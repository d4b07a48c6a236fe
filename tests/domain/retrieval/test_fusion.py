"""One order from several, and never a worse one where that is known beforehand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge import Chunk, ChunkId, DocumentId
from domain.retrieval.findings import candidates, found_in, reordered
from domain.retrieval.fusion import fused, is_lexical, language_asked_in, trust, weight_of_vectors
from domain.retrieval.passage import Passage

A, B, C = ChunkId(1), ChunkId(2), ChunkId(3)
rankings = st.permutations([A, B, C]).flatmap(lambda ids: st.integers(0, 3).map(lambda length: ids[:length]))


def passage(id: ChunkId) -> Passage:
    chunk = Chunk(start=0, end=1, text="x")
    return Passage(id=id, document_id=DocumentId(1), filename="", title="", version=1, chunk=chunk)


def test_what_both_find_comes_before_what_one_finds() -> None:
    scores = fused([([A, B], 1.0), ([B, C], 1.0)])
    assert list(scores) == [B, A, C]
    assert scores[B] == pytest.approx((1 / 62 + 1 / 61) / (2 / 61))


def test_first_in_all_is_one() -> None:
    assert fused([([A, B], 1.0), ([A, C], 0.3)])[A] == pytest.approx(1)


def test_of_equals_the_older_comes_first() -> None:
    assert list(fused([([B, A], 1.0), ([A, B], 1.0)])) == [A, B]


@given(rankings, rankings)
def test_a_half_without_weight_changes_nothing(words: list[ChunkId], meaning: list[ChunkId]) -> None:
    assert list(fused([(words, 1.0), (meaning, 0.0)])) == words


@given(rankings, rankings, st.floats(0.1, 2))
def test_scores_fall_from_one_at_most(words: list[ChunkId], meaning: list[ChunkId], weight: float) -> None:
    scores = list(fused([(words, 1.0), (meaning, weight)]).values())
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
    assert len(scores) == len({*words, *meaning})


@pytest.mark.parametrize(
    ("model", "language", "weight"),
    [
        ("demo:hashing", "en", 0),
        ("local:all-MiniLM-L6-v2", "en", 1),
        ("local:all-MiniLM-L6-v2", "ru", 0),
        ("local:paraphrase-multilingual-MiniLM-L12-v2", "ru", 1),
        ("openai:text-embedding-3-small", "ru", 1),
        ("ollama:nomic-embed-text", "zh", 0),
        ("ollama:nomic-embed-text-v2-moe", "zh", 1),
        ("tei:BAAI/bge-small-en-v1.5", "de", 0),
        ("tei:BAAI/bge-m3", "de", 1),
        ("tei:intfloat/multilingual-e5-small", "de", 1),
        ("tei:Qwen3-Embedding-0.6B", "th", 1),
    ],
)
def test_vectors_count_where_their_model_knows_the_language(model: str, language: str, weight: float) -> None:
    assert weight_of_vectors(model, language) == weight
    assert is_lexical(model) == (model == "demo:hashing")


def test_vectors_that_agree_with_nothing_are_not_believed() -> None:
    words = [ChunkId(n) for n in range(1, 21)]
    assert trust(words, set(words[:10]), 0.9) == 1
    assert trust(words, set(words[8:]), 0.9) == pytest.approx(0.5)
    assert trust(words, set(words[9:]), 0.9) == 0
    assert trust(words, set(), 0.1) == 1, "then the words say little themselves"
    assert trust([], {A}, 0.0) == 1
    assert [one.id for one in candidates({A: 0.9}, {B: 0.8}, 1.0)] == [A]


def test_the_language_of_all_documents_is_a_better_guess_than_a_short_question() -> None:
    assert language_asked_in("en", {"es"}) == "es"
    assert language_asked_in("en", {"es", "fr"}) == "en"
    assert language_asked_in("en", {"en", "es"}) == "en"
    assert language_asked_in("en", set()) == "en"


def test_each_half_says_what_it_knows_of_a_candidate() -> None:
    made = candidates({A: 0.5, B: 0.25}, {B: 0.9, C: 0.8}, 1.0)
    assert [(one.id, one.coverage, one.similarity) for one in made] == [(B, 0.25, 0.9), (A, 0.5, None), (C, None, 0.8)]
    assert [one.id for one in candidates({}, {C: 0.8}, 1.0)] == [C]
    assert candidates({A: 0.5}, {}, 1.0)[0].score == pytest.approx(1)


def test_what_was_deleted_meanwhile_is_left_out_and_another_order_has_the_same_scores() -> None:
    found = found_in(candidates({A: 0.5, B: 0.4, C: 0.1}, {}, 0.0), [passage(C), passage(A)])
    assert [one.passage.id for one in found] == [A, C]
    turned = reordered(found, [1, 0])
    assert [(one.passage.id, one.coverage) for one in turned] == [(C, 0.1), (A, 0.5)]
    assert [one.score for one in turned] == [one.score for one in found]
