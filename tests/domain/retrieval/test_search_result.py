"""What an agent's search brings, as it is told and as it is read back."""

import json

import pytest

from domain.citation import ChunkId, DocumentId
from domain.conversation import ToolCall, ToolResult
from domain.knowledge import Chunk
from domain.retrieval.findings import Findings, Found
from domain.retrieval.passage import Passage
from domain.retrieval.search_result import CHARACTERS, found_by, result_of


def found(id: int, text: str, score: float) -> Found:
    chunk = Chunk(start=0, end=len(text), text=text, first_page=3)
    passage = Passage(id=ChunkId(id), document_id=DocumentId(1), filename="a.pdf", title="", version=1, chunk=chunk)
    return Found(passage, score)


def test_passages_come_back_as_they_were_found_each_with_its_best_score() -> None:
    one = result_of(Findings((found(7, "Rivers [1] bend", 1.0), found(9, "x" * 90_000, 0.5))))
    two = result_of(Findings((found(9, "x", 0.75),)))
    assert json.loads(one)["sources"][0] == {"id": 7, "from": "a.pdf, page 3", "score": 1.0, "text": "Rivers (1) bend"}
    assert len(one) < CHARACTERS
    calls = [ToolCall("a", "search_documents", "{}"), ToolResult("a", one), ToolCall("b", "search_documents", "{}")]
    assert found_by([*calls, ToolResult("b", two)]) == {7: 1.0, 9: 0.75}
    assert found_by(calls[:1]) is None


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"sources": [{"id": "x"}]}', '{"sources": 3}', "[" * 9_999])
def test_what_is_no_result_has_found_nothing(content: str) -> None:
    assert found_by([ToolCall("a", "search_documents", "{}"), ToolResult("a", content)]) == {}
    other = [ToolCall("a", "calculator", "{}"), ToolResult("a", '{"sources": [{"id": 1, "score": 1}]}')]
    assert found_by(other) is None
