"""The facts of a run: merging them changes nothing that they say."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import MessageStatus, ProviderState, Reasoning, Text, ToolCall
from domain.errors import ProviderTimedOut
from domain.run import (
    ACTIVE,
    REFUSAL,
    AnswerReset,
    Problem,
    ReasoningDelta,
    RunEvent,
    RunFinished,
    RunStatus,
    TextDelta,
    answer_of,
    merged,
)
from domain.tool import ToolCallDelta

FINISHED = RunFinished(RunStatus.COMPLETED, "stop")
RESETS = [AnswerReset(), AnswerReset((Text("so far"), ToolCall("z", "before", "{}")))]
STATE = ProviderState("anthropic", {"signature": "s"}, "claude")
pieces = st.builds(ToolCallDelta, st.integers(0, 2), arguments=st.text(max_size=3))
events = st.lists(
    st.one_of(
        st.text(max_size=3).map(TextDelta),
        st.builds(ReasoningDelta, st.text(max_size=3), st.sampled_from([None, None, STATE])),
        pieces,
        st.sampled_from([FINISHED, *RESETS]),
    ),
    max_size=12,
)


def test_neighbours_of_one_kind_become_one() -> None:
    facts: list[RunEvent] = [
        TextDelta("a"),
        TextDelta("b"),
        ReasoningDelta("c"),
        ReasoningDelta("d"),
        TextDelta("e"),
        FINISHED,
        FINISHED,
    ]
    assert merged(facts) == [TextDelta("ab"), ReasoningDelta("cd"), TextDelta("e"), FINISHED, FINISHED]


@given(events)
def test_merging_says_the_same_in_no_more_events(facts: list[RunEvent]) -> None:
    once = merged(facts)
    assert answer_of(once) == answer_of(facts)
    assert len(once) <= len(facts)
    assert merged(once) == once
    for before, after in pairwise(once):
        alike = type(before) is type(after) and getattr(before, "index", 0) == getattr(after, "index", 0)
        assert not alike or isinstance(before, RunFinished | AnswerReset) or getattr(before, "state", None)


@given(events, st.integers(0, 12))
def test_it_does_not_matter_where_a_commit_cuts_the_deltas(facts: list[RunEvent], cut: int) -> None:
    assert answer_of([*merged(facts[:cut]), *merged(facts[cut:])]) == answer_of(facts)


def test_an_answer_keeps_the_order_of_words_and_reasoning() -> None:
    facts: list[RunEvent] = [ReasoningDelta("h"), ReasoningDelta("m"), TextDelta("Be"), FINISHED, TextDelta("cause.")]
    assert answer_of(facts) == (Reasoning("hm"), Text("Be"), Text("cause."))
    assert answer_of([]) == ()


def test_a_thought_ends_with_its_state_and_the_next_begins() -> None:
    facts: list[RunEvent] = [ReasoningDelta("h"), ReasoningDelta("m", STATE), ReasoningDelta("", STATE)]
    facts += [ReasoningDelta("so"), ToolCallDelta(0, "a", "time"), ToolCallDelta(0, arguments="{}", state=STATE)]
    assert merged(facts)[:2] == [ReasoningDelta("hm", STATE), ReasoningDelta("", STATE)]
    assert answer_of(facts) == (
        Reasoning("hm", STATE),
        Reasoning("", STATE),
        Reasoning("so"),
        ToolCall("a", "time", "{}", STATE),
    )


def test_the_pieces_of_a_call_become_one_and_those_of_another_do_not() -> None:
    facts: list[RunEvent] = [
        ToolCallDelta(0, "a", "weather"),
        ToolCallDelta(0, arguments='{"in": '),
        ToolCallDelta(0, arguments='"Bern"}'),
        ToolCallDelta(1, "b", "time", "{}"),
        ToolCallDelta(0, arguments=" "),
    ]
    assert merged(facts) == [
        ToolCallDelta(0, "a", "weather", '{"in": "Bern"}'),
        ToolCallDelta(1, "b", "time", "{}"),
        ToolCallDelta(0, arguments=" "),
    ]


def test_an_answer_has_its_calls_where_they_began() -> None:
    facts: list[RunEvent] = [
        TextDelta("Let me look."),
        ToolCallDelta(0, "a", "weather", "{"),
        ReasoningDelta("hm"),
        ToolCallDelta(1, "b", "time", "{}"),
        ToolCallDelta(0, arguments="}"),
        TextDelta("Wait."),
    ]
    weather, time = ToolCall("a", "weather", "{}"), ToolCall("b", "time", "{}")
    assert answer_of(facts) == (Text("Let me look."), weather, Reasoning("hm"), time, Text("Wait."))
    assert answer_of([*facts, AnswerReset(), ToolCallDelta(0, "c", "time", "[]")]) == (ToolCall("c", "time", "[]"),)


@pytest.mark.parametrize("reason", ["stop", REFUSAL, None])
def test_a_refusal_is_known_by_its_finish_reason(reason: str | None) -> None:
    assert RunFinished(RunStatus.COMPLETED, reason).refused == (reason == REFUSAL)


@pytest.mark.parametrize("status", RunStatus)
def test_a_run_is_active_until_it_has_a_terminal_status_that_its_answer_takes_over(status: RunStatus) -> None:
    assert status.is_active == (status in ACTIVE)
    if not status.is_active:
        assert MessageStatus(status.value) is not MessageStatus.IN_PROGRESS


def test_a_problem_is_the_code_and_the_sentence_of_a_refusal() -> None:
    assert Problem.of(ProviderTimedOut("openai", "60 s")) == Problem(
        "provider_timed_out", "The provider 'openai' did not answer in time: 60 s"
    )


@given(events, events, st.sampled_from(RESETS))
def test_what_was_said_before_a_reset_does_not_count(
    before: list[RunEvent], after: list[RunEvent], reset: AnswerReset
) -> None:
    assert answer_of([*before, reset, *after]) == answer_of([reset, *after])


def test_an_answer_goes_on_from_the_parts_of_the_last_reset() -> None:
    facts: list[RunEvent] = [
        TextDelta("lost"),
        AnswerReset((Reasoning("hm"), Text("Be"))),
        TextDelta("cause."),
        FINISHED,
    ]
    assert answer_of(facts) == (Reasoning("hm"), Text("Be"), Text("cause."))
    assert answer_of([*facts, AnswerReset()]) == ()
