"""One order from several: reciprocal rank fusion, weighted by what is known of the model and the language.

G. Cormack, C. Clarke, S. Büttcher: "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods"
(2009), with their k = 60.
"""

import re
from collections.abc import Collection, Sequence

from domain.knowledge import ChunkId
from domain.retrieval.language import LATIN_DEFAULT

K = 60
BEST = 10
TELLING_COVERAGE = 0.25
NO_AGREEMENT, AGREEMENT = 0.1, 0.3

LEXICAL_MODELS = frozenset({"demo:hashing"})
"""They measure shared letters, as the words do: fused with those they would only count them twice."""
# By name: models that were trained on English. Others are taken for multilingual, as most are that are made now.
_ENGLISH = re.compile(
    r"minilm|mpnet-base|all-distilroberta|bge-(small|base|large)-en|bge-.*-en(-|$)|gte-(small|base|large)\b"
    r"|e5-(small|base|large)(-v2)?$|nomic-embed-text(-v1(\.5)?)?(:|$)|mxbai-embed|arctic-embed-(xs|s|m|l)(:|$|-v1)"
    r"|jina-embeddings-v2-\w+-en|granite-embedding.*english|static-retrieval-mrl-en|potion-|modernbert-embed|instructor-",
    re.IGNORECASE,
)
_MULTILINGUAL = re.compile(r"multilingual|m3\b|-m-v2|paraphrase-xlm|labse", re.IGNORECASE)


def is_lexical(model: str) -> bool:
    return model in LEXICAL_MODELS


def weight_of_vectors(model: str, language: str) -> float:
    """How much the vectors of a model count for a question in a language, beside 1 for the words.

    Nothing where they can only do harm: an English model fused with equal weights took a Russian set from 0.87 to 0.54.
    """
    if is_lexical(model):
        return 0.0
    knows_english_only = _ENGLISH.search(model) and not _MULTILINGUAL.search(model)
    return 0.0 if knows_english_only and language not in ("en", "") else 1.0


def language_asked_in(detected: str, of_documents: Collection[str]) -> str:
    """A short question is taken for English easily; the only language of all documents is the better guess then."""
    if detected in ("", LATIN_DEFAULT) and len(of_documents) == 1:
        return next(iter(of_documents))
    return detected


def trust(by_words: Sequence[ChunkId], by_meaning: Collection[ChunkId], coverage: float) -> float:
    """From 0 to 1, how far to believe vectors that may be those of a model that does not know what it reads.

    `coverage` is that of the best by words. When it has a good part of the question, and hardly any of the best by
    words are among all that the vectors found, then it is the vectors that are wrong: a model that had never seen the
    alphabet took SciFact from 0.68 to 0.38, and with this to 0.65; one that had went from 0.721 to 0.725.
    """
    best = by_words[:BEST]
    if not best or coverage < TELLING_COVERAGE:
        return 1.0
    agreement = sum(id in by_meaning for id in best) / len(best)
    return min(max((agreement - NO_AGREEMENT) / (AGREEMENT - NO_AGREEMENT), 0.0), 1.0)


def fused(rankings: Sequence[tuple[Sequence[ChunkId], float]]) -> dict[ChunkId, float]:
    """Scores in falling order, from rankings and their weights; 1.0 for a chunk that is first in all of them.

    Of equals the one with the lower id comes first. A ranking without a weight does not count.
    """
    total = sum(weight for _, weight in rankings) / (K + 1)
    scores: dict[ChunkId, float] = {}
    for ranking, weight in rankings:
        for rank, id in enumerate(ranking, 1):
            scores[id] = scores.get(id, 0.0) + weight / (K + rank)
    order = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return {id: score / total for id, score in order if score}
