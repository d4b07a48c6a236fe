"""The sign by which a model says that it found nothing: never shown, wherever the stream is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retrieval.not_found import ENGLISH, MARKER, MarkerFilter, not_found


def shown(pieces: list[str]) -> tuple[str, bool]:
    marker = MarkerFilter()
    text = "".join(marker.feed(piece) for piece in pieces)
    return text + marker.finish(), marker.is_unsupported


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (MARKER, ("", True)),
        (f" **{MARKER}** because of this", ("", True)),
        (f"So it is. {MARKER} Really.", ("So it is.  Really.", False)),
        ("NOT_IN my house", ("NOT_IN my house", False)),
        ("It ends in NOT_IN_DOC", ("It ends in NOT_IN_DOC", False)),
        ("> A quotation [1].", ("> A quotation [1].", False)),
        ("NOT", ("NOT", False)),
    ],
)
def test_what_is_shown(answer: str, expected: tuple[str, bool]) -> None:
    assert shown([answer]) == expected
    assert shown(list(answer)) == expected


@given(st.lists(st.sampled_from([MARKER, "NOT_", "IN_", "DOCUMENTS", "x", " ", "*", "[1]"]), max_size=8), st.data())
def test_however_an_answer_is_cut_the_same_comes_out(words: list[str], data: st.DataObject) -> None:
    answer = "".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=5)))
    pieces = [answer[start:end] for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    assert shown(pieces) == shown([answer])


def test_the_sentence_is_in_the_language_of_the_question_where_that_is_known() -> None:
    assert not_found("Why?") == ENGLISH
    assert not_found("Почему реки не текут в гору и что это такое?").startswith("В ваших")
    assert not_found("河流为什么会弯曲？").startswith("您的")
    assert not_found("Miksi joki ei ole se mikä se oli?") == ENGLISH
