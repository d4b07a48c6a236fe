"""The demo model calls what it is told to call, and what a question is about."""

import json
from typing import Any

import pytest

from adapters.demo.answers import answer_to
from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage, Role, Text, ToolCall, ToolResult
from domain.tool import NamedTool, ToolSpec, ToolUse

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = (ToolSpec("weather", "How it is outside", CITY), ToolSpec("time"))


def asking(question: str, *more: PromptMessage, **wishes: Any) -> ModelRequest:
    messages = (PromptMessage(Role.USER, (Text(question),)), *more)
    return ModelRequest(**{"model": "parrot", "messages": messages, "tools": TOOLS, **wishes})


def called(question: str, **wishes: Any) -> list[tuple[str, Any]]:
    return [(call.name, json.loads(call.arguments)) for call in answer_to(asking(question, **wishes)).calls]


@pytest.mark.parametrize(
    ("question", "calls"),
    [
        ('call weather with {"city": "Paris"}', [("weather", {"city": "Paris"})]),
        ('Call time with {"a": {"b": "}"}} and then sing.', [("time", {"a": {"b": "}"}})]),
        (
            'call weather with {"city": "Rome"}, call time and call weather with {}',
            [("weather", {"city": "Rome"}), ("time", {}), ("weather", {})],
        ),
        ("Please call weather.", [("weather", {"city": "Please call weather."})]),
        ("call nobody with {}", []),
        ("call weather with {broken", []),
        ("call weather with " + '{"a":' * 50_000, []),
        ("I recall weather of all kinds", []),
        ("What is the weather?", [("weather", {"city": "What is the"})]),
        ("The weather is fine.", []),
        ("Whether or not?", []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_it_is_told_to_call_it_calls(question: str, calls: list[tuple[str, Any]]) -> None:
    assert called(question) == calls


def test_it_says_nothing_beside_its_calls_and_else_it_talks() -> None:
    assert answer_to(asking("call time")).text == ""
    assert answer_to(asking("call nobody")).text
    assert answer_to(asking("call time", tools=())).text


@pytest.mark.parametrize(
    ("choice", "calls"),
    [
        (None, ["time"]),
        (ToolUse.AUTO, ["time"]),
        (ToolUse.NONE, []),
        (ToolUse.REQUIRED, ["time"]),
        (NamedTool("weather"), ["weather"]),
        (NamedTool("nobody"), []),
    ],
)
def test_a_choice_is_obeyed(choice: ToolUse | NamedTool | None, calls: list[str]) -> None:
    assert [name for name, _ in called("call time", tool_choice=choice)] == calls


def test_a_call_that_must_be_made_is_made_up() -> None:
    assert called("Paris in spring", tool_choice=ToolUse.REQUIRED) == [("weather", {"city": "Paris in spring"})]


def test_one_call_at_a_time_when_that_is_asked_for() -> None:
    assert called("call time and call weather", parallel_tool_calls=False) == [("time", {})]


def test_no_two_calls_of_a_conversation_have_one_id() -> None:
    first = answer_to(asking("call time and call time")).calls
    later = answer_to(
        asking(
            "call time",
            PromptMessage(Role.ASSISTANT, first),
            PromptMessage(Role.TOOL, tuple(ToolResult(call.id, "noon") for call in first)),
            PromptMessage(Role.ASSISTANT, (Text("It is noon."),)),
            PromptMessage(Role.USER, (Text("call time"),)),
        )
    ).calls
    assert len({call.id for call in (*first, *later)}) == 3


def test_what_came_of_its_calls_it_reads_out() -> None:
    calls = PromptMessage(Role.ASSISTANT, (ToolCall("a", "weather", "{}"), ToolCall("b", "time", "{}")))
    results = [PromptMessage(Role.TOOL, (ToolResult(id, said),)) for id, said in (("a", "sunny"), ("b", "noon"))]
    answer = answer_to(asking("call weather and call time", calls, *results))

    assert answer.calls == ()
    assert "> sunny\n> noon" in answer.text
