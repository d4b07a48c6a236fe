"""The tools of all MCP servers that an operator has named."""

import asyncio
import logging
from collections.abc import Mapping

from adapters.mcp.config import ServerConfig
from adapters.mcp.names import server_of
from adapters.mcp.patience import Patience
from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.tool import Tool


class McpTools(ToolProvider):
    """Servers by name, none of which is started or connected before it is needed, and none of which holds up another.

    Close it in the event loop that used it.
    """

    def __init__(self, servers: Mapping[str, ServerConfig], patience: Patience | None = None) -> None:
        # Here, as the SDK costs 0.8 s and 26 MB that only those who have servers are to pay.
        from adapters.mcp.server import McpServer

        for noisy in ("mcp", "client"):  # the SDK's loggers, which repeat what strangers say
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        self._servers = {name: McpServer(name, config, patience or Patience()) for name, config in servers.items()}

    async def tools(self) -> tuple[Tool, ...]:
        listings = await asyncio.gather(*(server.tools() for server in self._servers.values()))
        return tuple(tool for listing in listings for tool in listing)

    async def call(self, invocation: ToolInvocation) -> str:
        server = self._servers.get(server_of(invocation.name))
        if server is None:
            raise ToolFailed(f"There is no tool named {invocation.name}")
        return await server.call(invocation.name, invocation.arguments, invocation.idempotency_key)

    async def connect(self, within_seconds: float) -> dict[str, str]:
        """Wait until each server is connected or has failed, at most so long; `away` then."""
        await asyncio.gather(*(server.settle(within_seconds) for server in self._servers.values()))
        return self.away()

    def away(self) -> dict[str, str]:
        """Why, of each server that is not connected now."""
        return {name: server.reason for name, server in self._servers.items() if server.reason}

    async def aclose(self) -> None:
        """End every connection and every process, side by side."""
        await asyncio.gather(*(server.aclose() for server in self._servers.values()))
