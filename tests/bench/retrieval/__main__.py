"""How well and how fast documents are found.

    python -m tests.bench.retrieval ../shared/data
    python -m tests.bench.retrieval FOLDER --model MODEL --only quality,chunking

FOLDER holds, anywhere below it, judged sets in BEIR's form (corpus.jsonl, queries.jsonl, qrels.tsv) and texts with
questions for `tests.bench.chunking`. MODEL is a folder as PARLEY_EMBEDDING_FOLDER takes it; without it words alone are
measured. Its vectors are kept in --cache. `pip install bm25s` to have it beside ours. Ends with 1 when something is
worse than it has to be.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench import chunking
from tests.bench.retrieval import answers, nearest, quality, speed
from tests.bench.retrieval.judged_set import sets_in
from tests.bench.retrieval.places import BOTH, POSTGRES, new_url, opened, postgres_server
from tests.bench.retrieval.vectors_file import VectorsFile

PARTS = ("quality", "chunking", "answers", "speed", "vectors")
LEAST_GOLD = 0.88


def print_row(cells: Iterable[object]) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def print_head(*names: str) -> None:
    print_row(names)
    print_row(["---"] * len(names))


async def measure_quality(given: argparse.Namespace, server: str, vectors: VectorsFile | None) -> list[str]:
    found = []
    for judged in sets_in(given.folder):
        print(f"\n{judged.name}: {len(judged.texts):,} texts, {len(judged.questions)} questions\n")
        print_head("system", "nDCG@10", "R@5", "R@10", "p50 ms", "p95 ms")
        rows = []
        async for row in quality.rows_of(judged, given.databases, server, vectors):
            rows.append(row)
            print_row(row.cells())
        found += quality.faults(rows) if judged.name == "scifact" else []
    return found


async def measure_chunking(given: argparse.Namespace) -> list[str]:
    found = []
    for questions in sorted(given.folder.rglob("questions.jsonl")):
        if "references" not in json.loads(questions.open(encoding="utf-8").readline()):
            continue
        (row,) = await chunking.measured(questions.parent, chunking.settings_from("structure", "800/200"), 4000)
        print("\n" + ", ".join(f"{name} {value}" for name, value in row.items()))
        if row["recall"] < LEAST_GOLD:
            found.append(f"recall of gold characters {row['recall']} is below {LEAST_GOLD}")
    return found


async def measure_answers(given: argparse.Namespace, server: str, vectors: VectorsFile | None) -> list[str]:
    found = []
    for folder in sorted({file.parent for file in given.folder.rglob("*.pdf")}):
        files, questions = sorted(folder.glob("*.pdf")), answers.questions_in(folder)
        for kind in given.databases:
            async with new_url(kind, server) as url, opened(url) as database:
                library = await answers.Library.of(database, files, vectors)
                asked = [await library.ask(question) for question in questions]
            print(f"\n{folder.name} on {kind}\n")
            print_head("question", "page", "answer", "quoted", "coverage", "similarity", "refused", "")
            for one in asked:
                print_row(one.cells())
            found += [f"{kind}: {one.question.text}" for one in asked if not one.is_right]
    return found


async def measure_speed(given: argparse.Namespace, server: str) -> list[str]:
    found = []
    judged = max(sets_in(given.folder), key=lambda judged: len(judged.texts))
    print()
    print_head(*speed.HEAD)
    for kind in given.databases:
        async for row in speed.rows_of(judged, kind, server, given.sizes):
            print_row(row.cells())
            found += row.faults
    return found


async def measure_vectors(given: argparse.Namespace, server: str) -> list[str]:
    found = []
    print()
    print_head(*nearest.HEAD)
    for kind in given.databases:
        async for row in nearest.rows_of(kind, server, given.sizes):
            print_row(row.cells())
            found += row.faults
    return found


async def measure(given: argparse.Namespace, server: str) -> list[str]:
    vectors = VectorsFile(given.model, given.cache) if given.model else None
    found = []
    if "quality" in given.only:
        found += await measure_quality(given, server, vectors)
    if "chunking" in given.only:
        found += await measure_chunking(given)
    if "answers" in given.only:
        found += await measure_answers(given, server, vectors)
    if "speed" in given.only:
        found += await measure_speed(given, server)
    if "vectors" in given.only:
        found += await measure_vectors(given, server)
    return found


def _names(among: Iterable[str], text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(among):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are {', '.join(among)}")
    return names


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "parley-bench")
    parser.add_argument("--only", type=lambda text: _names(PARTS, text), default=list(PARTS))
    parser.add_argument("--databases", type=lambda text: _names(BOTH, text), default=list(BOTH))
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")], default=[5_000, 50_000])
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    with postgres_server(POSTGRES in given.databases) as server:
        found = asyncio.run(measure(given, server))
    if found:
        sys.exit("\n".join(["", *found]))


if __name__ == "__main__":
    main()
