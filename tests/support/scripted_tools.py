"""Tools that do what a test wrote down, and remember each effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from application.ports.tools import ToolInvocation, ToolProvider
from domain.tool import ApprovalRule, Tool, ToolSpec

OBJECT = {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}
Do = Callable[[ToolInvocation], Awaitable[str]]


async def say_done(invocation: ToolInvocation) -> str:
    return f"done {dict(invocation.arguments)}"


@dataclass
class ScriptedTools(ToolProvider):
    known: dict[str, Tool] = field(default_factory=dict)
    does: dict[str, Do] = field(default_factory=dict)
    effects: list[ToolInvocation] = field(default_factory=list)

    def add(
        self,
        name: str,
        do: Do = say_done,
        *,
        description: str = "",
        approval: ApprovalRule = ApprovalRule.NEVER,
        is_idempotent: bool = False,
        timeout_seconds: float = 30.0,
        parameters: dict[str, Any] = OBJECT,
    ) -> None:
        spec = ToolSpec(name, description, parameters)
        self.known[name] = Tool(
            spec=spec, approval=approval, is_idempotent=is_idempotent, timeout_seconds=timeout_seconds
        )
        self.does[name] = do

    async def tools(self) -> tuple[Tool, ...]:
        return tuple(self.known.values())

    async def call(self, invocation: ToolInvocation) -> str:
        self.effects.append(invocation)
        return await self.does[invocation.name](invocation)
