"""Texts and vectors in any number, made up: words as often as in real texts, vectors as close as those of real ones."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from domain.knowledge import Chunk
from tests.bench.retrieval.judged_set import JudgedSet

WORDS = (60, 180)
"""So many words a chunk has: from 400 to 1,200 characters."""
RARE_EVERY = 3
INNER_DIMENSIONS, TOPICS, NOISE = 32, 300, 0.25

Vectors = NDArray[np.float32]


def chunks_like(judged: JudgedSet, seed: int = 1) -> Iterator[Chunk]:
    """Without end. Half of the words are from one text, half from all of them, as often as they stand there; every
    third chunk has a word that no other has."""
    rng = np.random.default_rng(seed)
    texts = [np.array(text.whole.split()) for text in judged.texts if text.whole]
    counts = Counter(word for text in texts for word in text)
    words, share = np.array(list(counts)), np.array(list(counts.values())) / counts.total()
    number = 0
    while True:
        sizes = rng.integers(*WORDS, 512)
        common = iter(rng.choice(words, int(sizes.sum()), p=share).tolist())
        for size in sizes.tolist():
            text = texts[rng.integers(len(texts))]
            own = rng.choice(text, size // 2).tolist()
            said = [*own, *(next(common) for _ in range(size - size // 2))]
            number += 1
            if number % RARE_EVERY == 0:
                said.append(f"rare{number}x")
            joined = " ".join(said)
            yield Chunk(start=0, end=len(joined), text=joined)


def vectors_of(count: int, dimensions: int, seed: int) -> Vectors:
    """Of length 1, around topics that lie in few of the dimensions: the topics are the same for every seed."""
    fixed, rng = np.random.default_rng(0), np.random.default_rng(seed)
    topics = fixed.standard_normal((TOPICS, INNER_DIMENSIONS))
    spread = fixed.standard_normal((INNER_DIMENSIONS, dimensions)) / np.sqrt(INNER_DIMENSIONS)
    inner = topics[rng.integers(TOPICS, size=count)] + 0.7 * rng.standard_normal((count, INNER_DIMENSIONS))
    made = inner @ spread + NOISE * rng.standard_normal((count, dimensions))
    vectors: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def in_documents(chunks: Iterator[Chunk], count: int, size: int) -> Iterator[Sequence[Chunk]]:
    """So many chunks, `size` of them a document."""
    while count > 0:
        yield [next(chunks) for _ in range(min(size, count))]
        count -= size
