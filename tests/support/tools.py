"""Calls of tools."""

from typing import Any

from application.ports.tools import ToolInvocation, ToolProvider
from domain.access import OwnerId


def invocation(name: str, key: str = "key-1", /, **arguments: Any) -> ToolInvocation:
    return ToolInvocation(name=name, arguments=arguments, owner=OwnerId("somebody"), idempotency_key=key)


async def call(provider: ToolProvider, name: str, key: str = "key-1", /, **arguments: Any) -> str:
    return await provider.call(invocation(name, key, **arguments))
