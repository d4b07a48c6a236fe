"""What a function may say of itself as a tool."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from domain.tool import ApprovalRule

MARK = "__tool_options__"
LONGEST_SECONDS = 24 * 3600.0
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOptions:
    """`name` empty is the function's own. What says nothing is asked about each time, and not repeated by itself."""

    name: str = ""
    approval: ApprovalRule = ApprovalRule.ALWAYS
    is_idempotent: bool = False
    timeout_seconds: float = 30.0


def tool(
    *,
    name: str = "",
    approval: Literal["always", "once", "never"] = "always",
    idempotent: bool = False,
    timeout_seconds: float = 30.0,
) -> Callable[[F], F]:
    """Say how a function is to be used as a tool; the function itself stays as it is.

    `approval` is when a person is asked before it runs: for each call, once for each definition of it, or never.
    `idempotent` says that running it twice with the same arguments and the same `idempotency_key` does no harm. Raise
    ValueError.
    """
    if not 0 < timeout_seconds <= LONGEST_SECONDS:
        raise ValueError(f"timeout_seconds must be above 0 and at most {LONGEST_SECONDS:g}")
    options = ToolOptions(
        name=name, approval=ApprovalRule(approval), is_idempotent=idempotent, timeout_seconds=timeout_seconds
    )

    def mark(function: F) -> F:
        setattr(function, MARK, options)
        return function

    return mark


def options_of(function: Callable[..., Any]) -> ToolOptions:
    options = getattr(function, MARK, None)
    return options if isinstance(options, ToolOptions) else ToolOptions()
