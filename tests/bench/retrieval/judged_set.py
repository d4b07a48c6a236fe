"""A set of texts and questions with judgements, in BEIR's form: corpus.jsonl, queries.jsonl and qrels.tsv."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Text:
    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True)
class JudgedSet:
    """`questions` are those that were judged, by id."""

    name: str
    texts: list[Text]
    questions: dict[str, str]
    judged: dict[str, dict[str, int]]


def sets_in(folder: Path) -> list[JudgedSet]:
    """Every folder that holds one, itself among them."""
    return [_read(path.parent) for path in sorted(folder.rglob("qrels.tsv"))]


def _read(folder: Path) -> JudgedSet:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, text, grade = line.split("\t")
        judged[question][text] = int(grade)
    texts = [Text(one["_id"], one.get("title") or "", one["text"]) for one in _lines(folder / "corpus.jsonl")]
    asked = {one["_id"]: one["text"] for one in _lines(folder / "queries.jsonl")}
    return JudgedSet(folder.name, texts, {id: asked[id] for id in judged}, dict(judged))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
