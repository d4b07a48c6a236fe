"""Functions that cannot be tools say why."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from adapters.tools.function_tool import FunctionTool, FunctionTools
from adapters.tools.options import ToolOptions
from adapters.tools.signature import UnfitFunction


def order(dish: str) -> None:
    """Order a dish."""


def no_words(x: int) -> int:
    return x


def no_hint(x) -> int:  # type: ignore[no-untyped-def]
    """No hint."""
    return int(x)


def any_number(*numbers: int) -> int:
    """Any number."""
    return sum(numbers)


def by_position(x: int, /) -> int:
    """By position."""
    return x


def no_json(x: threading.Lock) -> None:
    """No JSON."""


def unknown_hint(x: "Nowhere") -> None:  # type: ignore[name-defined]  # noqa: F821
    """An unknown hint."""


UNFIT = [
    (no_words, "no docstring"),
    (no_hint, "'x' has no type hint"),
    (any_number, "'numbers' cannot be given by name"),
    (by_position, "'x' cannot be given by name"),
    (no_json, "do not fit JSON"),
    (unknown_hint, "hints cannot be read: name 'Nowhere'"),
]


@pytest.mark.parametrize(("function", "reason"), UNFIT, ids=lambda value: getattr(value, "__name__", ""))
def test_a_function_that_cannot_be_a_tool_says_why(function: Callable[..., Any], reason: str) -> None:
    with pytest.raises(UnfitFunction, match=reason):
        FunctionTool.of(function)


@pytest.mark.parametrize("name", ["größe", "two words", "x" * 65, "a.b"])
def test_a_name_that_providers_refuse_is_refused_here(name: str) -> None:
    with pytest.raises(UnfitFunction, match="its name must be"):
        FunctionTool.of(order, ToolOptions(name=name))


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two tools are called order"):
        FunctionTools([FunctionTool.of(order), FunctionTool.of(order)])
