"""Functions as tools: what a model is told of them, what they are given, and what comes of what they do."""

import asyncio
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import pytest

from adapters.tools import tool
from adapters.tools.function_tool import MOST_CHARACTERS, FunctionTool, FunctionTools
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule
from tests.support.tools import call


@dataclass
class Address:
    street: str
    number: int = 1


def order(
    dish: Annotated[str, "what to cook"],
    to: Address,
    when: date | None = None,
    copy: int = 1,
    json: Literal["yes", "no"] = "no",
    *,
    idempotency_key: str,
) -> dict[str, Any]:
    """Order a dish."""
    return {"dish": dish, "to": to, "when": when, "copy": copy, "json": json, "key": idempotency_key}


def provider(*functions: Callable[..., Any]) -> FunctionTools:
    return FunctionTools([FunctionTool.of(function) for function in functions])


def test_the_model_is_told_of_names_types_words_and_defaults_but_not_of_the_key() -> None:
    spec = FunctionTool.of(order).definition.spec
    assert (spec.name, spec.description) == ("order", "Order a dish.")
    assert spec.parameters is not None
    assert list(spec.parameters["properties"]) == ["dish", "to", "when", "copy", "json"]
    assert spec.parameters["properties"]["dish"] == {"type": "string", "description": "what to cook"}
    assert spec.parameters["properties"]["json"] == {"default": "no", "enum": ["yes", "no"], "type": "string"}
    assert (spec.parameters["required"], spec.parameters["additionalProperties"]) == (["dish", "to"], False)


async def test_arguments_become_the_types_of_the_hints_and_the_result_becomes_json() -> None:
    said = await call(provider(order), "order", "k-7", dish="soup", to={"street": "Elm"}, when="2026-02-03", copy=2)
    assert said == (
        '{"dish":"soup","to":{"street":"Elm","number":1},"when":"2026-02-03","copy":2,"json":"no","key":"k-7"}'
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "dish: Field required; to: Field required"),
        ({"dish": "soup", "to": "home"}, "to: "),
        ({"dish": "soup", "to": {"street": "Elm"}, "idempotency_key": "mine"}, "idempotency_key: Extra inputs"),
        ({"dish": "soup", "to": {"street": "Elm"}, "p0": "x"}, "p0: Extra inputs"),
    ],
)
async def test_arguments_that_do_not_fit_are_named(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ToolFailed, match=reason):
        await call(provider(order), "order", **arguments)


def test_a_function_says_how_it_is_to_be_used() -> None:
    @tool(name="sweep-up", approval="once", idempotent=True, timeout_seconds=5)
    def sweep() -> None:
        """Sweep."""

    marked, plain = FunctionTool.of(sweep).definition, FunctionTool.of(order).definition
    assert (marked.name, marked.approval, marked.is_idempotent, marked.timeout_seconds) == (
        *("sweep-up", ApprovalRule.ONCE),
        *(True, 5),
    )
    assert (plain.approval, plain.is_idempotent) == (ApprovalRule.ALWAYS, False)
    assert sweep() is None, "the function stays a function"


@pytest.mark.parametrize("mark", [{"approval": "sometimes"}, {"timeout_seconds": 0}, {"timeout_seconds": 1e9}])
def test_a_mark_that_makes_no_sense_is_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"sometimes|timeout_seconds"):
        tool(**mark)


def breaks(how: str) -> Any:
    """Break."""
    match how:
        case "told":
            raise ToolFailed("Nothing is left")
        case "value":
            raise ValueError("the number is too high")
        case "secret":
            raise ConnectionError("password=hunter2")
        case "stop":
            raise StopIteration
        case "exit":
            sys.exit(1)
    return {"text": "x" * 1_000_000, "nothing": None, "bytes": b"\xff"}[how]


async def breaks_too(how: str) -> Any:
    """Break, awaited."""
    return breaks(how)


@pytest.mark.parametrize("name", ["breaks", "breaks_too"])
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("told", "^Nothing is left$"),
        ("value", "^breaks(_too)?: the number is too high$"),
        ("secret", "^breaks(_too)? failed with ConnectionError; the server's log says more$"),
        ("stop", "failed with (StopIteration|RuntimeError)"),
        ("exit", "failed with (SystemExit|RuntimeError)"),
        ("bytes", "invalid utf-8"),
    ],
)
async def test_whatever_a_function_raises_the_model_is_told_what_helps_it(name: str, how: str, said: str) -> None:
    with pytest.raises(ToolFailed, match=said):
        await call(provider(breaks, breaks_too), name, how=how)


async def test_what_is_long_is_cut_and_nothing_is_said_in_words() -> None:
    said = await call(provider(breaks), "breaks", how="text")
    assert said == f"{'x' * MOST_CHARACTERS}\n[cut: 1,000,000 characters in all]"
    assert await call(provider(breaks), "breaks", how="nothing") == "Done."


async def test_a_function_that_blocks_keeps_nobody_waiting() -> None:
    held, entered = threading.Event(), threading.Event()

    def block() -> str:
        """Block."""
        entered.set()
        assert held.wait(30)
        return "late"

    async def quick() -> str:
        """Quick."""
        return "soon"

    tools = provider(block, quick)
    blocked = asyncio.create_task(call(tools, "block"))
    assert await call(tools, "quick") == "soon"
    held.set()
    assert await blocked == "late"


async def test_functions_that_never_return_are_left_behind_and_counted() -> None:
    held = threading.Event()

    def block() -> None:
        """Block."""
        held.wait(30)

    tools = provider(block)
    waiting = [asyncio.create_task(call(tools, "block")) for _ in range(33)]
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    for task in rest:
        task.cancel()
    await asyncio.wait(rest)
    with pytest.raises(ToolFailed, match="still running"):
        await done.pop()
    with pytest.raises(ToolFailed, match="still running"):
        await call(tools, "block")
    held.set()
    async with asyncio.timeout(20):
        while True:
            try:
                assert await call(tools, "block") == "Done."
                break
            except ToolFailed:
                await asyncio.sleep(0.01)
