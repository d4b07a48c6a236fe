"""Marks of sources in a stream: announced once, unknown ones gone, wherever the stream is cut."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retrieval.citation_filter import CitationFilter, Cited

Said = list[str | Cited]


def joined(pieces: Iterable[str | Cited]) -> Said:
    """What was said with neighbouring text as one."""
    out: Said = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out


def said(deltas: Iterable[str], sources: int = 3) -> Said:
    citations = CitationFilter(sources)
    return joined([*(piece for delta in deltas for piece in citations.feed(delta)), *citations.finish()])


def text(pieces: Said) -> str:
    return "".join(piece for piece in pieces if isinstance(piece, str))


def test_a_source_is_announced_before_its_first_mark() -> None:
    assert said(["One [1]. Two [2]. One [1]."]) == ["One ", Cited(1), "[1]. Two ", Cited(2), "[2]. One [1]."]


@pytest.mark.parametrize(
    ("answer", "shown", "cited"),
    [
        ("Wrong [4]. Right[2].", "Wrong. Right[2].", [2]),
        ("[0] [9][10] [1]", " [1]", [1]),
        ("Both [1, 9; 3]", "Both [1][3]", [1, 3]),
        ("All [1-3] or [2–9]", "All [1][2][3] or [2][3]", [1, 2, 3]),
        ("Notes [^2] and 【1†file.pdf】 and 【7†x】.", "Notes [2] and [1] and.", [2, 1]),
        ("In [2024] it was [99999999999999999999]", "In it was", []),
        ("A [link](address) and [x] and [] and [1", "A [link](address) and [x] and [] and [1", []),
        ("a[1] b [ 1 ]", "a[1] b [1]", [1]),
        ("`x[9]` and ``y `[9]` `` but [9] z", "`x[9]` and ``y `[9]` `` but z", []),
        ("```\nx[9]\n\ny[9]\n```\n[9]!", "```\nx[9]\n\ny[9]\n```\n!", []),
        ("A stray ` here\n\nthen [9].", "A stray ` here\n\nthen.", []),
        ("`done`[9][1]", "`done`[1]", [1]),
        ("spaces   stay \t here ", "spaces   stay \t here ", []),
        ("[1 [2]", "[1 [2]", [2]),
        ("[" + "1," * 60 + "9]", "[" + "1," * 60 + "9]", []),
    ],
)
def test_what_is_shown_and_announced(answer: str, shown: str, cited: list[int]) -> None:
    out = said([answer])
    assert text(out) == shown
    assert [piece.number for piece in out if isinstance(piece, Cited)] == cited


def test_without_sources_every_mark_goes() -> None:
    assert said(["So it is [1], they say [2][3]."], sources=0) == ["So it is, they say."]


def test_what_is_certain_is_not_held_back() -> None:
    citations = CitationFilter(1)
    assert citations.feed("word") == ["word"]
    assert citations.feed(" ") == []
    assert citations.feed("[1") == []
    assert citations.feed("]") == [" ", Cited(1), "[1]"]
    assert citations.feed("[") == []
    assert citations.finish() == ["["]


answers = st.lists(
    st.sampled_from(
        [" ", "\n", "\n\n", "a", "[1]", "[2]", "[9]", " [9]", "[1, 9]", "[", "]", "1", "`", "```", "【3†a】", "-", "."]
    )
    | st.text(max_size=3),
    max_size=25,
).map("".join)


@given(answers, st.data())
def test_however_it_is_cut_the_same_comes_out(answer: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=8)))
    deltas = [answer[start:end] for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    assert said(deltas) == said([answer]) == said(answer)


@given(answers.filter(lambda answer: "`" not in answer))
def test_outside_of_code_no_unknown_number_is_shown_and_each_known_one_is_announced(answer: str) -> None:
    out = said([answer])
    announced: set[int] = set()
    for piece in out:
        if isinstance(piece, Cited):
            assert piece.number not in announced
            announced.add(piece.number)
        else:
            assert {int(number) for number in re.findall(r"\[(\d{1,9})\]", piece)} <= announced <= {1, 2, 3}
