"""The events of a response, without a server: a pure fold over a run's log."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from domain.conversation import Part, Reasoning, Text
from domain.run import (
    REFUSAL,
    AnswerReset,
    NumberedEvent,
    Problem,
    ReasoningDelta,
    RunEvent,
    RunFinished,
    RunStatus,
    TextDelta,
)
from domain.tool import ToolCallDelta
from domain.usage import Usage
from entrypoints.openai.encoders.response import Heading
from entrypoints.openai.encoders.response_stream import replayed
from entrypoints.openai.encoders.responses import ResponseFold, WireEvent

EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
HEADING = Heading(id="resp_1", key="2", created_at=1_700_000_000, model="demo:parrot")
USAGE = Usage(3, 5, cached_tokens=2)
STOP = RunFinished(RunStatus.COMPLETED, "stop", usage=USAGE)
ENDINGS = (
    STOP,
    RunFinished(RunStatus.INCOMPLETE, "length", usage=USAGE),
    RunFinished(RunStatus.INCOMPLETE, problem=Problem("stream_cut", "It was cut")),
    RunFinished(RunStatus.FAILED, problem=Problem("provider_overloaded", "Too much")),
    RunFinished(RunStatus.CANCELLED),
    RunFinished(RunStatus.COMPLETED, REFUSAL),
)
WORDS = st.text(alphabet="ab é🦜\n", min_size=1, max_size=5)
PIECES: st.SearchStrategy[RunEvent] = st.one_of(
    WORDS.map(TextDelta),
    WORDS.map(ReasoningDelta),
    st.builds(ToolCallDelta, st.integers(0, 2), st.just("call"), st.just("weather"), WORDS),
)
PARTS: st.SearchStrategy[tuple[Part, ...]] = st.lists(st.one_of(WORDS.map(Text), WORDS.map(Reasoning))).map(tuple)
LOGS = st.builds(
    lambda events, ending: [*events, ending],
    st.lists(st.one_of(PIECES, PIECES, PIECES, PARTS.map(AnswerReset)), max_size=12),
    st.sampled_from(ENDINGS),
)


def folded(log: Sequence[RunEvent], heading: Heading = HEADING) -> list[WireEvent]:
    fold = ResponseFold(heading)
    return [*fold.open(), *fold.feed(log)]


def names(events: Sequence[WireEvent]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events]


def added_up(events: Sequence[WireEvent]) -> list[tuple[str, str]]:
    """What a reader makes of the deltas: kind and text of each item that was not given up."""
    items: dict[int, list[str]] = {}
    kinds, given_up = dict[int, str](), set[int]()
    for event in events:
        index = event.get("output_index", -1)
        if event["type"] == "response.output_item.added":
            kinds[index], items[index] = event["item"]["type"], []
        elif event["type"].endswith(".delta"):
            items[index].append(event["delta"])
    final = {item["id"] for item in events[-1]["response"]["output"]}
    for event in events:
        if event["type"] == "response.output_item.done" and event["item"]["id"] not in final:
            given_up.add(event["output_index"])
    return [(kinds[index], "".join(items[index])) for index in sorted(items) if index not in given_up]


def text_of(item: dict[str, Any]) -> str:
    if item["type"] == "function_call":
        return str(item["arguments"])
    [part] = item["content"]
    return str(part["refusal"] if part["type"] == "refusal" else part["text"])


def test_a_text_is_one_item_from_its_beginning_to_its_end() -> None:
    events = folded([TextDelta("Rivers "), TextDelta("bend"), STOP])
    assert names(events) == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.delta",
        "output_text.done", "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    response = Response.model_validate(events[-1]["response"])
    assert response.output_text == "Rivers bend"
    assert response.usage
    assert (response.usage.input_tokens_details.cached_tokens, response.usage.total_tokens) == (2, 8)


def test_a_background_response_is_queued_first() -> None:
    heading = Heading(id="resp_1", key="2", created_at=0, model="m", background=True)
    events = folded([STOP], heading)
    assert names(events) == ["created", "queued", "in_progress", "completed"]
    statuses = [event["response"]["status"] for event in events]
    assert statuses == ["queued", "queued", "in_progress", "completed"]


def test_reasoning_text_and_calls_are_items_of_their_own() -> None:
    call = [ToolCallDelta(0, "call_1", "weather", '{"city"'), ToolCallDelta(0, arguments=': "Paris"}')]
    events = folded([ReasoningDelta("hm"), TextDelta("Let me see."), *call, STOP])
    assert names(events)[2:-1] == [
        "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.done", "content_part.done",
        "output_item.done",
        "output_item.added", "content_part.added", "output_text.delta", "output_text.done", "content_part.done",
        "output_item.done",
        "output_item.added", "function_call_arguments.delta", "function_call_arguments.delta",
        "function_call_arguments.done", "output_item.done",
    ]  # fmt: skip
    output = events[-1]["response"]["output"]
    assert [item["id"] for item in output] == ["rs_2", "msg_2", "fc_2"]
    assert (output[2]["call_id"], output[2]["arguments"]) == ("call_1", '{"city": "Paris"}')


def test_calls_that_are_written_side_by_side_do_not_mix() -> None:
    pieces = [
        ToolCallDelta(0, "a", "one"), ToolCallDelta(1, "b", "two", "{"), ToolCallDelta(0, arguments="[]"),
        ToolCallDelta(1, arguments="}"),
    ]  # fmt: skip
    output = folded([*pieces, STOP])[-1]["response"]["output"]
    assert [(item["call_id"], item["name"], item["arguments"]) for item in output] == [
        ("a", "one", "[]"),
        ("b", "two", "{}"),
    ]


def test_an_answer_that_is_begun_anew_leaves_its_items_incomplete_and_counts_on() -> None:
    events = folded([TextDelta("The first"), AnswerReset(), TextDelta("The second"), STOP])
    done = [event for event in events if event["type"] == "response.output_item.done"]
    assert [(e["output_index"], e["item"]["id"], e["item"]["status"]) for e in done] == [
        (0, "msg_2", "incomplete"),
        (1, "msg_2_a1", "completed"),
    ]
    assert [item["id"] for item in events[-1]["response"]["output"]] == ["msg_2_a1"]


def test_a_reset_before_the_first_word_changes_nothing() -> None:
    assert folded([AnswerReset(), TextDelta("a"), STOP]) == folded([TextDelta("a"), STOP])


@pytest.mark.parametrize(
    ("ending", "last", "status"),
    [
        (ENDINGS[0], ["completed"], "completed"),
        (ENDINGS[1], ["incomplete"], "incomplete"),
        (ENDINGS[2], ["error", "failed"], "failed"),
        (ENDINGS[3], ["error", "failed"], "failed"),
        (ENDINGS[4], ["incomplete"], "cancelled"),
    ],
)
def test_every_ending_has_its_event(ending: RunFinished, last: list[str], status: str) -> None:
    events = folded([TextDelta("a"), ending])
    assert names(events)[-len(last) :] == last
    response = Response.model_validate(events[-1]["response"])
    assert response.status == status
    assert (response.error is not None) == (status == "failed")
    assert (response.incomplete_details is not None) == (status == "incomplete")
    assert events[-1]["response"]["output"][0]["status"] == ("completed" if status == "completed" else "incomplete")


@given(LOGS)
def test_every_event_is_one_that_the_client_knows_and_numbers_have_no_gap(log: list[RunEvent]) -> None:
    events = folded(log)
    for event in events:
        EVENT.validate_python(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    indexes = [event["output_index"] for event in events if event["type"] == "response.output_item.added"]
    assert indexes == list(range(len(indexes)))
    ids = [event["item"]["id"] for event in events if event["type"] == "response.output_item.added"]
    assert len(set(ids)) == len(ids)


@given(LOGS, st.lists(st.integers(0, 12)))
def test_batches_do_not_matter(log: list[RunEvent], cuts: list[int]) -> None:
    fold = ResponseFold(HEADING)
    events = fold.open()
    for start, end in pairwise([0, *sorted(cuts), len(log)]):
        events += fold.feed(log[start:end])
    assert events == folded(log)


@given(LOGS, st.integers(-1, 60))
def test_a_reader_who_comes_back_sees_the_rest(log: list[RunEvent], after: int) -> None:
    numbered = [NumberedEvent(number, event) for number, event in enumerate(log, 1)]
    assert replayed(HEADING, numbered, after=after) == folded(log)[after + 1 :]


@given(LOGS)
def test_the_deltas_add_up_to_the_output(log: list[RunEvent]) -> None:
    events = folded(log)
    output = events[-1]["response"]["output"]
    assert added_up(events) == [(item["type"], text_of(item)) for item in output]


def test_a_refusal_is_told_apart_when_it_has_ended() -> None:
    events = folded([TextDelta("I may not"), RunFinished(RunStatus.COMPLETED, REFUSAL)])
    assert names(events)[4:-1] == ["output_text.delta", "refusal.done", "content_part.done", "output_item.done"]
    assert events[-1]["response"]["output"][0]["content"] == [{"type": "refusal", "refusal": "I may not"}]


def test_a_log_that_is_no_longer_kept_tells_a_returning_reader_the_end_with_the_next_number() -> None:
    log = [NumberedEvent(8, AnswerReset((Text("All of it"),))), NumberedEvent(9, STOP)]
    (last,) = replayed(HEADING, log, after=5)
    assert (last["type"], last["sequence_number"]) == ("response.completed", 6)
    assert Response.model_validate(last["response"]).output_text == "All of it"
    assert names(replayed(HEADING, log)) == names(folded([TextDelta("All of it"), STOP]))
