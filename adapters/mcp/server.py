"""One MCP server: connected when it is first needed, and again, less and less often, when it has gone away."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import anyio
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import METHOD_NOT_FOUND

from adapters.mcp.calling import ConnectionLost, NotTaken, call_tool
from adapters.mcp.config import ServerConfig
from adapters.mcp.connection import ask_for_changes, connected, is_modern
from adapters.mcp.listing import NOTHING, list_tools
from adapters.mcp.news import News
from adapters.mcp.patience import Patience
from adapters.mcp.trouble import Trouble, told
from application.ports.tools import ToolFailed
from domain.tool import Tool

SOON_SECONDS = 1.0
"""A call waits for an attempt to connect that begins as soon as this."""
BETWEEN_REFRESHES, STEADY_SECONDS, CLOSE_SECONDS = 1.0, 30.0, 15.0
log = logging.getLogger(__name__)


class McpServer:
    """A task of its own opens and closes the connections, as the SDK wants whoever opens one to close it; calls go
    through them from the tasks of their callers, any number at once. `reason` is why there is no connection now."""

    def __init__(self, name: str, config: ServerConfig, patience: Patience) -> None:
        self.name, self._config, self._patience = name, config, patience
        self.reason = "was not needed so far"
        self._client: Client | None = None
        self._listing, self._listed_at = NOTHING, 0.0
        self._task: asyncio.Task[None] | None = None
        self._connection = anyio.CancelScope()
        self._is_closed = self._is_old = False
        self._is_trying, self._tried_at, self._next_try_at = False, 0.0, 0.0
        self._is_wanted, self._is_stale = asyncio.Event(), asyncio.Event()
        self._news = News()
        self._calls, self._heard_at = 0, 0.0

    async def tools(self) -> tuple[Tool, ...]:
        """Those of the last listing, while a new one is fetched where it has aged; none while the server is away."""
        self._want()
        await self.settle(self._tried_at + self._patience.listing_seconds - anyio.current_time())
        if self._client is not None and anyio.current_time() > self._listed_at + self._listing.good_for_seconds:
            self._is_stale.set()
        return tuple(listed.tool for listed in self._listing.tools.values())

    async def settle(self, within_seconds: float) -> None:
        """Wait until the attempt to connect that is under way has come to something."""
        self._want()
        deadline = anyio.current_time() + within_seconds
        while self._client is None and self._is_trying and (left := deadline - anyio.current_time()) > 0:
            await self._news.hear(left)

    async def call(self, name: str, arguments: Mapping[str, Any], key: str) -> str:
        """As ToolProvider.call. A call whose connection is lost is not tried again: it may have had its effect."""
        try:
            return await self._call_once(name, arguments, key)
        except NotTaken:
            return await self._call_once(name, arguments, key)

    async def aclose(self) -> None:
        """End the connection, and a process of ours with it."""
        self._is_closed = True
        self._lose()
        self._is_wanted.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()

    async def _call_once(self, name: str, arguments: Mapping[str, Any], key: str) -> str:
        client = await self._connected()
        listed = self._listing.tools.get(name)
        if listed is None:
            raise ToolFailed(f"The tool server {self.name} has no tool {name} any more")
        self._calls += 1
        try:
            answer = await call_tool(client, listed.name, arguments, key, seconds=self._config.timeout_seconds)
            self._heard_at = anyio.current_time()
            return answer
        except (NotTaken, ConnectionLost):
            if self._client is client:
                self._lose()
            raise
        except ToolFailed as failed:
            if isinstance(failed.__cause__, MCPError):
                self._is_stale.set()  # the new listing is a look at whether it still answers at all
            raise
        except asyncio.CancelledError:
            self._is_stale.set()
            raise
        finally:
            self._calls -= 1

    async def _connected(self) -> Client:
        deadline = anyio.current_time() + self._patience.call_seconds
        while self._client is None:
            self._want()
            now = anyio.current_time()
            has_hope = self._is_trying or self._next_try_at < now + SOON_SECONDS
            if self._is_closed or now >= deadline or not has_hope:
                raise ToolFailed(f"The tool server {self.name} is away; do without it for now")
            await self._news.hear(SOON_SECONDS)
        return self._client

    def _want(self) -> None:
        now = anyio.current_time()
        if self._task is None and not self._is_closed:
            self._task = asyncio.create_task(self._live(), name=f"MCP server {self.name}")
        if self._client is None and not self._is_trying and now >= self._next_try_at:
            self._is_trying, self._tried_at = not self._is_closed, now
        self._is_wanted.set()

    def _lose(self) -> None:
        """From now on nobody uses this connection, though it may take a while to end."""
        self._client, self._listing = None, NOTHING
        self._connection.cancel()

    async def _live(self) -> None:
        pause = 0.0
        while not self._is_closed:
            await self._is_wanted.wait()
            self._is_trying, self._tried_at = True, anyio.current_time()
            reason_before, self.reason = self.reason, "is being connected to"
            await self._connect()
            if not self._is_closed:
                level = logging.INFO if self.reason == reason_before else logging.WARNING
                log.log(level, "the MCP server %s %s", self.name, self.reason)
            has_lasted = anyio.current_time() > self._tried_at + STEADY_SECONDS
            pause = 0.0 if has_lasted else min(pause * 2, self._patience.longest_pause_seconds)
            pause = pause or self._patience.first_pause_seconds
            self._is_wanted.clear()
            self._is_trying, self._next_try_at = False, anyio.current_time() + pause
            self._news.tell()
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        with anyio.CancelScope() as self._connection, anyio.move_on_after(seconds):
            if not self._is_closed:
                await anyio.sleep_forever()

    async def _connect(self) -> None:
        """Return when the connection is over, or there was none, whatever the reason."""
        trouble = Trouble()
        with anyio.CancelScope() as self._connection:
            try:
                if not self._is_closed:
                    await self._stay_connected(trouble)
            except Exception as error:  # noqa: BLE001  # the SDK raises groups of whatever its transports ran into
                trouble.say_if_silent(told(error))
                self._is_old = False
        self._client, self._listing, self.reason = None, NOTHING, str(trouble)

    async def _stay_connected(self, trouble: Trouble) -> None:
        async with connected(
            self._config,
            is_old=self._is_old,
            patience=self._patience,
            trouble=trouble,
            on_end=self._lose,
            on_change=self._is_stale.set,
        ) as client:
            self._is_old = not is_modern(client)
            await self._list(client)
            self._client, self._is_trying, self.reason = client, False, ""
            self._news.tell()
            async with anyio.create_task_group() as listening:
                listening.start_soon(ask_for_changes, client, self._is_stale.set)
                while True:
                    await self._is_stale.wait()
                    await anyio.sleep_until(self._listed_at + BETWEEN_REFRESHES)
                    await self._list_again(client)

    async def _list_again(self, client: Client) -> None:
        try:
            await self._list(client)
        except TimeoutError:
            # While calls are under way it may be one that does one thing at a time, for as long as one may take.
            silence = anyio.current_time() - self._heard_at
            if not self._calls or silence > self._config.timeout_seconds + self._patience.refresh_seconds:
                raise

    async def _list(self, client: Client) -> None:
        self._is_stale.clear()
        try:
            with anyio.fail_after(self._patience.refresh_seconds):
                self._listing = await list_tools(client, self.name, self._config)
        except MCPError as error:
            if error.code != METHOD_NOT_FOUND:
                raise
            self._listing = NOTHING  # it has no tools
        self._listed_at = self._heard_at = anyio.current_time()
