"""The tools of all MCP servers that an operator has named."""

import asyncio
import logging
from collections.abc import Mapping

import anyio

from adapters.mcp.config import ServerConfig
from adapters.mcp.names import server_of
from adapters.mcp.patience import Patience
from adapters.mcp.server import McpServer
from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.tool import Tool


class McpTools(ToolProvider):
    """Servers by name, none of which is started or connected before it is needed, and none of which holds up another.

    Close it in the event loop that used it.
    """

    def __init__(self, servers: Mapping[str, ServerConfig], patience: Patience | None = None) -> None:
        for noisy in ("mcp", "client"):  # the SDK's loggers, which repeat what strangers say
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        self._servers = {name: McpServer(name, config, patience or Patience()) for name, config in servers.items()}

    async def tools(self) -> tuple[Tool, ...]:
        listings: dict[str, tuple[Tool, ...]] = {}

        async def list_one(server: McpServer) -> None:
            listings[server.name] = await server.tools()

        async with anyio.create_task_group() as group:
            for server in self._servers.values():
                group.start_soon(list_one, server)
        return tuple(tool for name in self._servers for tool in listings[name])

    async def call(self, invocation: ToolInvocation) -> str:
        server = self._servers.get(server_of(invocation.name))
        if server is None:
            raise ToolFailed(f"There is no tool named {invocation.name}")
        return await server.call(invocation.name, invocation.arguments, invocation.idempotency_key)

    def away(self) -> dict[str, str]:
        """Why, of each server that is not connected now."""
        return {name: server.reason for name, server in self._servers.items() if server.reason}

    async def aclose(self) -> None:
        """End every connection and every process, side by side."""
        await asyncio.gather(*(server.aclose() for server in self._servers.values()))
