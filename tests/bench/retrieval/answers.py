"""Questions about documents: whether the page is found, the words quoted, and what nobody can answer left unanswered.

No model is asked. What a perfect one would say stands in its place: the answer, citing a passage that has it. Where
there is no answer, one that makes a number up and cites every passage: nothing in them may be shown to bear it out.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from adapters.documents.child import read
from adapters.sql.database import SqlDatabase
from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.search_documents import SearchDocuments
from application.ports.document_reader import DEFAULT_LIMITS
from domain.access import LOCAL_OWNER
from domain.chunking.chunks import chunks_of
from domain.citation import Citation
from domain.knowledge import DocumentId
from domain.reading import Reading
from domain.retrieval.citations import citations
from domain.retrieval.passage import Passage, Source, numbered
from tests.bench.retrieval.filling import add_document, embed_all
from tests.bench.retrieval.vectors_file import ModelsFromFile, VectorsFile

PASSAGES = 5
MADE_UP = "4,858,979"


@dataclass(frozen=True)
class Question:
    """`answer` is None when the documents do not say."""

    file: str
    page: int
    text: str
    answer: str | None

    @property
    def facts(self) -> list[str]:
        """What has to stand in a quote: `90 work-hours; $7,650` is two."""
        return [fact.casefold() for fact in re.split(r"[;,]\s", self.answer or "")]


@dataclass(frozen=True)
class Asked:
    """What came of a question: whether its page, and its answer, are among the passages; whether it was refused."""

    question: Question
    page_found: bool
    answer_found: bool
    cited: list[Citation]
    coverage: float
    similarity: float
    refused: bool

    @property
    def quoted(self) -> bool:
        """The words that answer, where they stand, on their page; of an answer that was made up, any words."""
        verified = [one for one in self.cited if one.verified]
        if self.question.answer is None:
            return bool(verified)
        return any(one.page == self.question.page and says(one.quote, self.question) for one in verified)

    @property
    def is_right(self) -> bool:
        if self.question.answer is None:
            return self.refused or not self.quoted
        return self.page_found and self.quoted and not self.refused

    def cells(self) -> list[str]:
        """`page` and `answer` say whether they are among the passages."""
        page, answer, quoted, refused = (
            "yes" if has else "no" for has in (self.page_found, self.answer_found, self.quoted, self.refused)
        )
        if self.question.answer is None:
            page = answer = "-"
        scores = [f"{self.coverage:.2f}", f"{self.similarity:.2f}"]
        return [self.question.text, page, answer, quoted, *scores, refused, "" if self.is_right else "WRONG"]


@dataclass(frozen=True)
class Library:
    """Documents that have been taken in, and how they are searched."""

    search: SearchDocuments
    readings: dict[DocumentId, Reading]

    @classmethod
    async def of(cls, database: SqlDatabase, files: Sequence[Path], vectors: VectorsFile | None) -> Self:
        readings = {}
        for file in files:
            reading = read(file.read_bytes(), file.name, DEFAULT_LIMITS, lambda count, of: None)
            document = await add_document(database, file.name, chunks_of(reading), reading=reading)
            readings[document.id] = reading
        if vectors is not None:
            await embed_all(database, vectors)
        models = ModelsFromFile(vectors=vectors) if vectors else ModelsInTime()
        return cls(SearchDocuments(read=database.read, stemmer=SnowballStemmer(), models=models), readings)

    async def ask(self, question: Question) -> Asked:
        findings = await self.search(question.text, owner=LOCAL_OWNER, limit=PASSAGES, quotes=False)
        passages = [found.passage for found in findings.found]
        return Asked(
            question,
            any(_is_on_page(passage, question) for passage in passages),
            any(says(passage.chunk.shown, question) for passage in passages),
            self._cited(question, numbered(passages)),
            max((found.coverage or 0.0 for found in findings.found), default=0.0),
            max((found.similarity or 0.0 for found in findings.found), default=0.0),
            not findings.are_telling,
        )

    def _cited(self, question: Question, sources: Sequence[Source]) -> list[Citation]:
        stem = SnowballStemmer().stem_of("en")
        if question.answer is None:
            cited, answer = list(sources), MADE_UP
        else:
            cited, answer = _best(sources, question), question.answer
        said = f"{question.text.rstrip('?')}: {answer} {''.join(f'[{one.number}]' for one in cited)}."
        return citations(said, sources, self.readings, stem=stem)


def _best(sources: Sequence[Source], question: Question) -> list[Source]:
    """A passage that says it, one of the page if there is one."""
    saying = [one for one in sources if says(one.passage.chunk.text, question)]
    return sorted(saying, key=lambda one: not _is_on_page(one.passage, question))[:1]


def questions_in(folder: Path) -> list[Question]:
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [Question(one["file"], one["page"], one["question"], one["answer"]) for one in map(json.loads, lines)]


def says(text: str, question: Question) -> bool:
    """Whether all the facts of the answer are in it, however they are spaced and hyphenated."""
    said = " ".join(text.replace("–", "-").split()).casefold()
    return all(re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", said) for fact in question.facts)


def _is_on_page(passage: Passage, question: Question) -> bool:
    first, last = passage.chunk.first_page, passage.chunk.last_page
    return passage.filename == question.file and first is not None and first <= question.page <= (last or first)
