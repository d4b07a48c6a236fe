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
    settings_from_json,
    settings_to_json,
    storable,
)
from domain.conversation import Image, Part, ProviderState, Reasoning, Text, ToolCall, ToolResult, text_of
from domain.run import (
    DEFAULTS,
    AnswerReset,
    Problem,
    ReasoningDelta,
    RunEvent,
    RunFinished,
    RunSettings,
    RunStatus,
    TextDelta,
)
from domain.tool import JsonSchema, NamedTool, ToolCallDelta, ToolSpec, ToolUse
from domain.usage import Usage

texts = st.text(st.characters(codec="utf-8"), max_size=30)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=8)
records = st.dictionaries(texts, values, max_size=3)

states = st.none() | st.builds(ProviderState, texts, records, texts)
part = st.one_of(
    st.builds(Text, texts, states),
    st.builds(Reasoning, texts, states),
    st.builds(ToolCall, texts, texts, texts, states),
    st.builds(ToolResult, texts, texts, states),
    st.builds(Image, texts, st.none() | texts, states),
)
counts = st.integers(0, 2**62)
usage = st.builds(Usage, counts, counts, records, counts, counts, counts)
problems = st.builds(Problem, texts, texts)
finished = st.builds(
    RunFinished,
    st.sampled_from(RunStatus),
    st.none() | texts,
    st.none() | problems,
    st.none() | usage,
    st.none() | texts.filter(bool),
    st.lists(texts, max_size=2).map(tuple),
)
resets = st.builds(AnswerReset, st.lists(part, max_size=3).map(tuple))
pieces = st.builds(ToolCallDelta, st.integers(0, 9), texts, texts, texts, states)
event = st.builds(TextDelta, texts) | st.builds(ReasoningDelta, texts, states) | pieces | resets | finished
numbers = st.none() | st.floats(0, 2)
tools = st.builds(ToolSpec, texts, texts, st.none() | records, st.none() | st.booleans())
settings = st.builds(
    RunSettings,
    instructions=st.none() | texts,
    temperature=numbers,
    top_p=numbers,
    max_tokens=st.none() | st.integers(1, 10**6),
    stop=st.lists(texts, max_size=3).map(tuple),
    seed=st.none() | st.integers(-(2**63), 2**63 - 1),
    tools=st.lists(tools, max_size=3).map(tuple),
    tool_choice=st.none() | st.sampled_from(ToolUse) | st.builds(NamedTool, texts),
    parallel_tool_calls=st.none() | st.booleans(),
    json_schema=st.none() | st.builds(JsonSchema, texts, records, st.none() | st.booleans()),
    model_extra=records,
    metadata=st.dictionaries(texts, texts, max_size=3),
    extra=records,
)


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


@given(settings)
def test_settings_come_back_as_they_were(settings: RunSettings) -> None:
    assert settings_from_json(settings_to_json(settings)) == settings


def test_settings_as_in_every_run_take_no_room() -> None:
    assert settings_to_json(RunSettings()) is None
    assert settings_from_json(None) is DEFAULTS


def test_the_names_of_settings_in_the_store_are_these_for_ever() -> None:
    settings = RunSettings(
        instructions="a",
        temperature=1.0,
        stop=("b",),
        tools=(ToolSpec("c", "d", {"e": 1}),),
        tool_choice=NamedTool("c"),
        json_schema=JsonSchema("f", {"g": 2}),
        metadata={"h": "i"},
    )
    stored = (
        '{"instructions":"a","temperature":1.0,"stop":["b"],'
        '"tools":[{"name":"c","description":"d","parameters":{"e":1},"strict":null}],"tool_choice":{"name":"c"},'
        '"json_schema":{"name":"f","schema":{"g":2},"strict":null},"metadata":{"h":"i"}}'
    )
    assert settings_to_json(settings) == stored
    assert settings_to_json(RunSettings(tool_choice=ToolUse.REQUIRED)) == '{"tool_choice":"required"}'


def test_half_a_surrogate_pair_in_settings_stops_nothing() -> None:
    settings = RunSettings(instructions="\ud800", extra={"\udfff": ["\x00"]})
    assert settings_from_json(settings_to_json(settings)) == settings


def test_the_names_of_parts_and_calls_in_the_store_are_these_for_ever() -> None:
    parts = (ToolCall("a", "b", "{}"), ToolResult("a", "c"), Image("d"), Image("e", "low", ProviderState("f", {})))
    assert parts_to_columns(parts) == (
        "",
        '[{"type":"tool_call","id":"a","name":"b","arguments":"{}"},{"type":"tool_result","call_id":"a","content":"c"},'
        '{"type":"image","url":"d"},'
        '{"type":"image","url":"e","detail":"low","provider_state":{"provider":"f","data":{}}}]',
    )
    assert events_to_json([ToolCallDelta(0, "a", "b"), ToolCallDelta(1, arguments="{")]) == (
        '[{"type":"tool_call","index":0,"id":"a","name":"b"},{"type":"tool_call","index":1,"arguments":"{"}]'
    )


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


def test_the_names_of_what_a_provider_wants_back_are_these_for_ever() -> None:
    state = ProviderState("a", {"b": 1}, "c")
    finished = RunFinished(RunStatus.COMPLETED, answered_by="a:c", dropped=("reasoning",))
    assert events_to_json([ReasoningDelta("d", state), ToolCallDelta(0, "e", "f", state=state), finished]) == (
        '[{"type":"reasoning","text":"d","state":{"provider":"a","data":{"b":1},"model":"c"}},'
        '{"type":"tool_call","index":0,"id":"e","name":"f","state":{"provider":"a","data":{"b":1},"model":"c"}},'
        '{"type":"finished","status":"completed","answered_by":"a:c","dropped":["reasoning"]}]'
    )


def test_the_names_of_what_a_provider_spared_are_these_for_ever() -> None:
    usage = Usage(9, 8, {}, cached_tokens=3, cache_write_tokens=2, reasoning_tokens=1)
    assert '"cached_tokens":3,"cache_write_tokens":2,"reasoning_tokens":1,"raw":{}' in events_to_json(
        [RunFinished(RunStatus.COMPLETED, usage=usage)]
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
