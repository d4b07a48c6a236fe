"""How good a ranking is, and how slow the slowest are."""

from collections.abc import Mapping, Sequence
from math import ceil, log2
from statistics import mean

Judged = Mapping[str, int]
"""How relevant each text is that was judged for a question; what is not in it is irrelevant."""


def ndcg(ranking: Sequence[str], judged: Judged, depth: int = 10) -> float:
    """K. Järvelin, J. Kekäläinen: "Cumulated gain-based evaluation of IR techniques" (2002), with trec_eval's gain,
    which is the grade itself."""
    ideal = _gain(sorted(judged.values(), reverse=True)[:depth])
    return _gain([judged.get(id, 0) for id in ranking[:depth]]) / ideal if ideal else 0.0


def recall(ranking: Sequence[str], judged: Judged, depth: int) -> float:
    relevant = {id for id, grade in judged.items() if grade > 0}
    return len(relevant & set(ranking[:depth])) / len(relevant) if relevant else 0.0


def figures(rankings: Mapping[str, Sequence[str]], judged: Mapping[str, Judged]) -> tuple[float, float, float]:
    """nDCG@10, recall@5 and recall@10, averaged over the questions that were judged."""
    each = [(rankings.get(question, ()), its) for question, its in judged.items()]
    return (
        mean(ndcg(ranking, its) for ranking, its in each),
        mean(recall(ranking, its, 5) for ranking, its in each),
        mean(recall(ranking, its, 10) for ranking, its in each),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent are not above."""
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, 1))
