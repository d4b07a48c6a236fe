"""How much of what answers a question is found, for each way of cutting documents into chunks.

    python -m tests.bench.chunking ../shared/data/chunking/general
    python -m tests.bench.chunking FOLDER --budget 4000 --strategies structure,fixed --sizes 800/200,400/100

FOLDER holds texts and questions.jsonl: `{"document", "question", "references": [{"start", "end"}]}`, with characters
counted from 0. All texts are searched together, by BM25 over the terms that the server indexes. The best chunks are
taken until their characters fill the budget, the last one cut to fit; recall is the share of a question's reference
characters that these hold, averaged over the questions.
"""

import argparse
import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from adapters.demo.embedder import HashingEmbedder
from adapters.documents.child import read
from adapters.stemming.snowball import SnowballStemmer
from application.ports.document_reader import DEFAULT_LIMITS
from domain.chunking.chunks import chunks_of, sentences_to_embed
from domain.chunking.settings import ChunkSettings, Strategy
from domain.knowledge import Chunk
from domain.reading import Reading
from domain.retrieval.query import query_of
from domain.retrieval.ranking import saturation, weights
from domain.retrieval.terms import Terms, terms_of

LANGUAGE = "en"
SIZES = "800/200,800/0,400/100,1600/200,3200/0"


@dataclass(frozen=True)
class Piece:
    document: str
    chunk: Chunk
    terms: Terms


@dataclass(frozen=True)
class Question:
    document: str
    text: str
    references: list[range]


def questions_in(folder: Path) -> list[Question]:
    lines = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    return [
        Question(line["document"], line["question"], [range(r["start"], r["end"]) for r in line["references"]])
        for line in lines
    ]


def readings_in(folder: Path, questions: Sequence[Question]) -> dict[str, Reading]:
    """The texts as the server reads them; their characters must be those that the references count."""
    readings = {}
    for name in {question.document for question in questions}:
        content = (folder / name).read_bytes()
        readings[name] = read(content, name, DEFAULT_LIMITS, lambda count, of: None)
        assert readings[name].text == content.decode(), f"{name} is not read as it stands"
    return readings


async def vectors_of(reading: Reading, settings: ChunkSettings) -> list[list[float]]:
    texts = [reading.text[span.start : span.end] for span in sentences_to_embed(reading, settings)]
    return (await HashingEmbedder().embed(texts)).vectors


async def cut(readings: Mapping[str, Reading], settings: ChunkSettings) -> list[Piece]:
    stem = SnowballStemmer().stem_of(LANGUAGE)
    pieces = []
    for name, reading in readings.items():
        vectors = await vectors_of(reading, settings) if settings.strategy is Strategy.SEMANTIC else None
        for chunk in chunks_of(reading, settings, vectors):
            pieces.append(Piece(name, chunk, terms_of([chunk.indexed_as(reading.title)], stem)))
    return pieces


class Index:
    """BM25 as the server has it, over all pieces."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._average = mean(piece.terms.length for piece in pieces)
        self._stands_in: dict[str, list[tuple[int, int]]] = {}
        for number, piece in enumerate(pieces):
            for term, places in piece.terms.positions.items():
                self._stands_in.setdefault(term, []).append((number, len(places)))

    def found(self, question: str) -> Iterator[Piece]:
        """The best first."""
        query = query_of(question, [SnowballStemmer().stem_of(LANGUAGE)], quotes=False, language=LANGUAGE)
        found_in = {term: len(self._stands_in.get(term, ())) for term in query.terms}
        scores: dict[int, float] = defaultdict(float)
        for word, weight in weights(query, found_in, len(self._pieces)).items():
            times = Counter[int]()
            for term in word.variants:
                times.update(dict(self._stands_in.get(term, ())))
            for number, count in times.items():
                length = self._pieces[number].terms.length
                scores[number] += weight * saturation(count, length, self._average)
        return (self._pieces[number] for number in sorted(scores, key=lambda number: (-scores[number], number)))


def recall(question: Question, index: Index, budget: int) -> float:
    held = set[int]()
    for piece in index.found(question.text):
        taken = range(piece.chunk.start, min(piece.chunk.end, piece.chunk.start + budget))
        budget -= len(taken)
        if piece.document == question.document:
            held.update(taken)
        if budget <= 0:
            break
    wanted = set().union(*question.references)
    return len(wanted & held) / len(wanted)


async def measured(folder: Path, settings: Sequence[ChunkSettings], budget: int) -> list[dict[str, Any]]:
    questions = questions_in(folder)
    readings = readings_in(folder, questions)
    rows = []
    for each in settings:
        pieces = await cut(readings, each)
        index = Index(pieces)
        values = {question.text: recall(question, index, budget) for question in questions}
        by_document = {
            name: round(mean(values[q.text] for q in questions if q.document == name), 3) for name in sorted(readings)
        }
        rows.append(
            {
                "strategy": each.strategy.value,
                "size/overlap": f"{each.size}/{each.overlap}",
                "chunks": len(pieces),
                "recall": round(mean(values.values()), 3),
                **by_document,
            }
        )
    return rows


def settings_from(strategies: str, sizes: str) -> list[ChunkSettings]:
    pairs = [tuple(map(int, pair.split("/"))) for pair in sizes.split(",")]
    return [
        ChunkSettings(strategy=Strategy(strategy), size=size, overlap=overlap)
        for size, overlap in pairs
        for strategy in strategies.split(",")
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=int, default=4000, help="characters that a model is given")
    parser.add_argument("--strategies", default=",".join(Strategy))
    parser.add_argument("--sizes", default=SIZES)
    given = parser.parse_args()
    rows = asyncio.run(measured(given.folder, settings_from(given.strategies, given.sizes), given.budget))
    for number, row in enumerate(rows):
        if not number:
            print("| " + " | ".join(row) + " |\n|" + " --- |" * len(row))
        print("| " + " | ".join(map(str, row.values())) + " |")


if __name__ == "__main__":
    main()
