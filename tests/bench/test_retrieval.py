"""The figures of the bench are those that others mean by these names."""

import json
from math import log2
from pathlib import Path

import pytest

from tests.bench.retrieval.judged_set import Text, sets_in
from tests.bench.retrieval.metrics import figures, ndcg, percentile, recall
from tests.bench.retrieval.peers import fts5_rankings


def test_ndcg_is_the_gain_by_rank_over_the_best_there_could_be() -> None:
    assert ndcg(["a", "b"], {"a": 1, "b": 1}) == 1
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(1 / log2(3))
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}) == 0
    assert ndcg(["a"], {"a": 0}) == ndcg([], {}) == 0


def test_recall_is_the_share_of_what_is_relevant() -> None:
    assert recall(["x", "a", "b"], {"a": 1, "b": 2, "c": 1, "x": 0}, 2) == pytest.approx(1 / 3)
    assert recall(["a"], {}, 5) == 0


def test_a_question_without_a_ranking_found_nothing() -> None:
    assert figures({"1": ["a"]}, {"1": {"a": 1}, "2": {"b": 1}}) == (0.5, 0.5, 0.5)


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 50)) == (50, 95, 7)


def test_judged_sets_are_found_wherever_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "tiny"
    folder.mkdir(parents=True)
    texts = [{"_id": "a", "title": "Rivers", "text": "bend"}, {"_id": "b", "title": "", "text": "no foxes"}]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, texts)))
    asked = [{"_id": "1", "text": "A river, a river?"}, {"_id": "2", "text": "?"}, {"_id": "3", "text": "unjudged"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n")
    (judged,) = sets_in(tmp_path)
    assert judged.name == "tiny"
    assert judged.texts == [Text("a", "Rivers", "bend"), Text("b", "", "no foxes")]
    assert judged.questions == {"1": "A river, a river?", "2": "?"}
    assert fts5_rankings(judged) == {"1": ["a"], "2": []}
