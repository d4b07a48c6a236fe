"""prompt_for, of branches on which tools are called: a call and what came of it are shown together or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import (
    ConversationId,
    Image,
    Message,
    MessageId,
    MessageStatus,
    Part,
    PromptMessage,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from domain.prompt import Context, ContextBudget, estimated_tokens, given_together, prompt_for, stray_results

PLENTY = Context(None, ContextBudget(messages=1_000, tokens=1_000_000))
Shown = list[tuple[Role, tuple[Part, ...]]]


def user(*parts: Part | str) -> PromptMessage:
    return PromptMessage(Role.USER, tuple(Text(part) if isinstance(part, str) else part for part in parts))


def calls(*ids: str, text: str = "") -> PromptMessage:
    said = (Text(text),) if text else ()
    return PromptMessage(Role.ASSISTANT, (*said, *(ToolCall(id, "tool", "{}") for id in ids)))


def results(*ids: str) -> PromptMessage:
    return PromptMessage(Role.TOOL, tuple(ToolResult(id, f"of {id}") for id in ids))


def shown(*branch: PromptMessage, context: Context = PLENTY, asked: int = 1) -> Shown:
    return [(message.role, message.parts) for message in prompt_for(context, branch, asked=asked)]


def as_shown(*messages: PromptMessage) -> Shown:
    return [(message.role, message.parts) for message in messages]


def test_calls_and_their_results_are_shown_in_order() -> None:
    branch = [user("1"), calls("a", "b", text="Let me see."), results("a"), results("b"), user("2")]
    assert shown(*branch) == as_shown(*branch)


def test_results_in_one_message_are_shown_one_by_one_behind_their_calls() -> None:
    branch = [user("1"), calls("a"), calls("b"), results("b", "a")]
    assert shown(*branch) == as_shown(user("1"), calls("a"), results("a"), calls("b"), results("b"))


def test_a_result_that_comes_late_is_shown_behind_its_call() -> None:
    branch = [user("1"), calls("a"), user("By the way"), results("a")]
    assert shown(*branch, asked=2) == as_shown(user("1"), calls("a"), results("a"), user("By the way"))


def test_a_call_without_a_result_is_left_out_and_the_words_around_it_stay() -> None:
    branch = [user("1"), calls("a", "b", text="Let me see."), results("b"), calls("c"), user("2")]
    assert shown(*branch) == as_shown(user("1"), calls("b", text="Let me see."), results("b"), user("2"))


def test_a_result_without_its_call_is_left_out() -> None:
    assert shown(results("a"), user("1"), results("b", "c"), user("2")) == as_shown(user("1"), user("2"))


def test_a_result_before_its_call_is_none() -> None:
    assert shown(results("a"), calls("a"), user("1")) == as_shown(user("1"))


def test_an_id_that_is_used_again_belongs_to_the_last_call_before_the_result() -> None:
    branch = [user("1"), calls("a"), results("a"), calls("a"), results("a"), user("2")]
    assert shown(*branch) == as_shown(*branch)


def test_the_budget_never_parts_a_call_from_its_results() -> None:
    branch = [user("1"), calls("a", "b"), results("a"), results("b"), user("2")]
    for messages in (1, 2, 3):
        assert shown(*branch, context=Context(None, ContextBudget(messages, 1_000))) == as_shown(user("2"))
    assert shown(*branch, context=Context(None, ContextBudget(5, 1_000))) == as_shown(*branch)


def test_the_results_that_are_asked_about_bring_their_call_whatever_stands_between() -> None:
    branch = [user("1"), calls("a"), user("x" * 4_000), results("a")]
    small = Context(None, ContextBudget(2, 100))
    assert shown(*branch, context=small) == as_shown(calls("a"), results("a"))


def test_a_long_chain_of_calls_is_shown_as_far_as_it_fits_without_its_question() -> None:
    chain = [message for n in range(20) for message in (calls(str(n)), results(str(n)))]
    small = Context(None, ContextBudget(10, 1_000))
    assert shown(user("1"), *chain, context=small) == as_shown(*chain[-10:])


def test_what_calls_results_and_pictures_weigh() -> None:
    frame = estimated_tokens(user(""))
    assert estimated_tokens(calls("a")) > frame
    assert estimated_tokens(PromptMessage(Role.TOOL, (ToolResult("a", "x" * 400),))) == frame + 100
    assert estimated_tokens(user(Image("data:image/png;base64," + "A" * 10_000))) == frame + 1_000
    assert estimated_tokens(PromptMessage(Role.ASSISTANT, (Reasoning("x" * 400),))) == frame


def test_a_picture_alone_says_something() -> None:
    picture = PromptMessage(Role.ASSISTANT, (Image("https://example.org/wren.png"),))
    assert shown(user("1"), picture, user("2")) == as_shown(user("1"), picture, user("2"))


def test_stray_results_are_those_of_the_question_that_no_call_waits_for() -> None:
    branch = [results("old"), calls("a", "b"), results("a"), results("b", "c"), results("a")]
    assert stray_results(branch, asked=2) == ["c", "a"]
    assert stray_results(branch, asked=0) == []


NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ONE = Message(MessageId(1), ConversationId(1), None, Role.USER, (Text("a"),), MessageStatus.COMPLETED, NOON)
LATER = replace(ONE, created_at=NOON + timedelta(microseconds=1))
ANSWER = replace(LATER, role=Role.ASSISTANT, run_id=7)


@pytest.mark.parametrize(
    ("branch", "count"),
    [
        ([], 0),
        ([ONE], 1),
        ([ONE, LATER], 1),
        ([ONE, LATER, LATER, LATER], 3),
        ([LATER, ANSWER, LATER, LATER], 2),
    ],
)
def test_what_was_given_together_is_of_one_moment_and_no_answer(branch: list[Message], count: int) -> None:
    assert given_together(branch) == count


ids = st.sampled_from("abc")
parts = st.one_of(
    st.just(Text("word")), st.builds(ToolCall, ids, st.just("tool"), st.just("{}")), st.builds(ToolResult, ids, ids)
)
messages = st.builds(PromptMessage, st.sampled_from(Role), st.lists(parts, max_size=3).map(tuple))


@given(
    branch=st.lists(messages, max_size=10),
    asked=st.integers(1, 4),
    budget=st.builds(ContextBudget, messages=st.integers(1, 12), tokens=st.integers(0, 100)),
)
def test_whatever_the_branch_every_call_is_followed_by_its_results_and_nothing_else(
    branch: list[PromptMessage], asked: int, budget: ContextBudget
) -> None:
    waiting: list[str] = []
    for message in prompt_for(Context(None, budget), [*branch, user("last")], asked=asked):
        for part in message.parts:
            if isinstance(part, ToolResult):
                assert message.role is Role.TOOL
                waiting.remove(part.call_id)
        if message.role is not Role.TOOL:
            assert waiting == []
        waiting += [part.id for part in message.parts if isinstance(part, ToolCall)]
    assert waiting == []
