"""prompt_for: what of a branch a model is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import (
    PromptMessage,
    ProviderState,
    Reasoning,
    Role,
    Text,
)
from domain.prompt import Context, ContextBudget, estimated_tokens, prompt_for

PLENTY = ContextBudget(messages=1_000, tokens=1_000_000)


def user(text: str) -> PromptMessage:
    return PromptMessage(Role.USER, (Text(text),))


def assistant(text: str) -> PromptMessage:
    return PromptMessage(Role.ASSISTANT, (Text(text),))


def texts(prompt: tuple[PromptMessage, ...]) -> list[str]:
    return [message.text for message in prompt]


def test_the_system_prompt_comes_first_and_counts_for_nothing() -> None:
    context = Context("Be brief. " * 1_000, ContextBudget(messages=1, tokens=10))
    prompt = prompt_for(context, [user("Why?")])
    assert [message.role for message in prompt] == [Role.SYSTEM, Role.USER]
    assert prompt[0].text == context.system_prompt


@pytest.mark.parametrize("system_prompt", [None, ""])
def test_without_a_system_prompt_there_is_none(system_prompt: str | None) -> None:
    assert prompt_for(Context(system_prompt, PLENTY), [user("Why?")]) == (user("Why?"),)


def test_everything_that_fits_is_shown_in_order() -> None:
    branch = [user("1"), assistant("2"), user("3"), assistant("4"), user("5")]
    assert texts(prompt_for(Context(None, PLENTY), branch)) == ["1", "2", "3", "4", "5"]


def test_the_budget_of_messages_keeps_the_last() -> None:
    branch = [user("1"), assistant("2"), user("3"), assistant("4"), user("5")]
    assert texts(prompt_for(Context(None, ContextBudget(3, 1_000)), branch)) == ["3", "4", "5"]


def test_the_budget_of_tokens_keeps_the_last_that_fit_without_a_gap() -> None:
    branch = [user("a"), assistant("x" * 4_000), user("b"), assistant("c"), user("d")]
    room = sum(estimated_tokens(message) for message in branch[2:])
    assert texts(prompt_for(Context(None, ContextBudget(100, room + 10)), branch)) == ["b", "c", "d"]


def test_an_answer_whose_question_does_not_fit_is_not_shown() -> None:
    branch = [user("1"), assistant("2"), user("3")]
    assert texts(prompt_for(Context(None, ContextBudget(2, 1_000)), branch)) == ["3"]


@pytest.mark.parametrize(
    "parts", [(), (Text(""),), (Text(" \n"),), (Reasoning("hm", ProviderState("x", {})),)], ids=str
)
def test_answers_that_never_got_a_word_are_left_out(parts: tuple[Text, ...]) -> None:
    branch = [user("1"), PromptMessage(Role.ASSISTANT, parts), user("2")]
    assert texts(prompt_for(Context(None, PLENTY), branch)) == ["1", "2"]


def test_parts_are_shown_as_they_are() -> None:
    parts = (Reasoning("hm", ProviderState("x", {"signature": "s"})), Text("Because."))
    branch = [user("1"), PromptMessage(Role.ASSISTANT, parts), user("2")]
    assert prompt_for(Context(None, PLENTY), branch)[1].parts == parts


messages = st.builds(
    lambda role, text: PromptMessage(role, (Text(text),) if text else ()),
    st.sampled_from([Role.USER, Role.ASSISTANT]),
    st.text(max_size=60),
)


@given(
    branch=st.lists(messages, max_size=12),
    question=st.text(min_size=1, max_size=200).map(user),
    budget=st.builds(ContextBudget, messages=st.integers(1, 14), tokens=st.integers(0, 120)),
)
def test_it_is_the_end_of_the_branch_within_the_budget_with_the_question_last(
    branch: list[PromptMessage], question: PromptMessage, budget: ContextBudget
) -> None:
    prompt = prompt_for(Context(None, budget), [*branch, question])
    said = [message for message in [*branch, question] if message.text.strip() or message.role is Role.USER]
    assert list(prompt) == said[len(said) - len(prompt) :]
    assert prompt[-1] == question
    assert len(prompt) <= budget.messages
    assert len(prompt) == 1 or prompt[0].role is Role.USER
    assert sum(map(estimated_tokens, prompt)) <= max(budget.tokens, estimated_tokens(question))


def test_instructions_take_the_place_of_the_system_prompt() -> None:
    context = Context("Be brief.", PLENTY)
    assert texts(prompt_for(context, [user("Why?")], instructions="Be a bird.")) == ["Be a bird.", "Why?"]
    assert texts(prompt_for(context, [user("Why?")], instructions="")) == ["Why?"]
    assert texts(prompt_for(context, [user("Why?")], instructions=None)) == ["Be brief.", "Why?"]


def test_a_question_of_several_messages_always_goes_in_whole() -> None:
    branch = [user("1"), assistant("2"), user("x" * 4_000), assistant("y" * 4_000), user("5")]
    assert texts(prompt_for(Context(None, ContextBudget(2, 10)), branch, asked=3)) == [m.text for m in branch[2:]]
