"""What is stored as JSON comes back exactly, whatever a model or a provider says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sql.codec import (
    events_from_json,
    events_to_json,
    parts_from_columns,
    parts_to_columns,
    storable,
)
from domain.conversation import Part, ProviderState, Reasoning, Text, text_of
from domain.run import AnswerReset, Problem, ReasoningDelta, RunEvent, RunFinished, RunStatus, TextDelta
from domain.usage import Usage

texts = st.text(st.characters(codec="utf-8"), max_size=30)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=8)
records = st.dictionaries(texts, values, max_size=3)

states = st.none() | st.builds(ProviderState, texts, records)
part = st.builds(Text, texts, states) | st.builds(Reasoning, texts, states)
usage = st.builds(Usage, st.integers(0, 2**62), st.integers(0, 2**62), records)
problems = st.builds(Problem, texts, texts)
finished = st.builds(
    RunFinished, st.sampled_from(RunStatus), st.none() | texts, st.none() | problems, st.none() | usage
)
resets = st.builds(AnswerReset, st.lists(part, max_size=3).map(tuple))
event = st.builds(TextDelta, texts) | st.builds(ReasoningDelta, texts) | resets | finished


def record(event: RunEvent) -> dict[str, Any] | None:
    return event.usage.raw if isinstance(event, RunFinished) and event.usage else None


@given(st.lists(event, max_size=5))
def test_events_come_back_as_they_were(events: list[RunEvent]) -> None:
    back = events_from_json(events_to_json(events))
    assert back == events
    assert [record(event) for event in back] == [record(event) for event in events]  # equality leaves `raw` out


@given(st.lists(part, max_size=5).map(tuple))
def test_parts_come_back_as_they_were(parts: tuple[Part, ...]) -> None:
    assert parts_from_columns(*parts_to_columns(parts)) == parts


@given(st.lists(part, max_size=5).map(tuple))
def test_what_is_searched_is_what_a_person_reads_but_for_nul(parts: tuple[Part, ...]) -> None:
    assert parts_to_columns(parts)[0] == text_of(parts).replace("\x00", "")


@pytest.mark.parametrize(
    ("parts", "columns"),
    [
        ((Text("hello"),), ("hello", None)),
        ((Text(""),), ("", None)),
        ((), ("", "[]")),
        ((Text("a"), Text("b")), ("ab", '[{"type":"text","text":"a"},{"type":"text","text":"b"}]')),
        ((Text("a\x00b"),), ("ab", '[{"type":"text","text":"a\\u0000b"}]')),
    ],
)
def test_one_plain_text_is_stored_once(parts: tuple[Part, ...], columns: tuple[str, str | None]) -> None:
    assert parts_to_columns(parts) == columns


def test_the_names_in_the_store_are_these_for_ever() -> None:
    outcome = RunFinished(RunStatus.FAILED, "stop", Problem("code", "why"), Usage(1, 2, {"a": 3}))
    said: list[RunEvent] = [TextDelta("a"), ReasoningDelta("b"), AnswerReset(), AnswerReset((Text("c"),))]
    assert events_to_json([*said, outcome, RunFinished(RunStatus.COMPLETED)]) == (
        '[{"type":"text","text":"a"},{"type":"reasoning","text":"b"},'
        '{"type":"reset","parts":[]},{"type":"reset","parts":[{"type":"text","text":"c"}]},'
        '{"type":"finished","status":"failed","finish_reason":"stop","problem":{"code":"code","message":"why"},'
        '"usage":{"input_tokens":1,"output_tokens":2,"raw":{"a":3}}},'
        '{"type":"finished","status":"completed"}]'
    )


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d and no more", "\x00", "é\ud800\x00\udc00"])
def test_half_a_surrogate_pair_is_kept_and_stops_nothing(text: str) -> None:
    assert events_from_json(events_to_json([TextDelta(text)])) == [TextDelta(text)]
    assert parts_from_columns(*parts_to_columns((Text(text),))) == (Text(text),)


@given(st.text())
def test_storable_text_has_nothing_that_a_database_refuses(text: str) -> None:
    storable(text).encode()
    assert "\x00" not in storable(text)
    assert storable(storable(text)) == storable(text)


@given(texts)
def test_storable_leaves_ordinary_text_alone(text: str) -> None:
    assert storable(text) == text.replace("\x00", "")
