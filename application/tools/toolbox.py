"""Many providers of tools as one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.tool import Tool


@dataclass(frozen=True, slots=True)
class Toolbox(ToolProvider):
    """Of tools with the same name, the first provider's is meant."""

    providers: Sequence[ToolProvider] = ()

    async def tools(self) -> tuple[Tool, ...]:
        found = await asyncio.gather(*(provider.tools() for provider in self.providers))
        by_name = {tool.name: tool for tools in reversed(found) for tool in reversed(tools)}
        return tuple(by_name.values())

    async def call(self, invocation: ToolInvocation) -> str:
        for provider in self.providers:
            if invocation.name in {tool.name for tool in await provider.tools()}:
                return await provider.call(invocation)
        raise ToolFailed(f"There is no tool {invocation.name!r} any more")
