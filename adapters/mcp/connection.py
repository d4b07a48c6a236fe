"""One connection to a server, from the first word to the last, in the one task that opened it."""

import logging
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
from mcp.client import Client, IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation, ToolListChangedNotification
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from adapters.mcp.config import ServerConfig
from adapters.mcp.http import http_streams
from adapters.mcp.incoming import Incoming, WriteStream
from adapters.mcp.patience import Patience
from adapters.mcp.stdio import process_streams
from adapters.mcp.trouble import Trouble

MOST_BYTES = 4 * 1024 * 1024
LEAST_IDLE_SECONDS = 120.0
LISTEN_AGAIN_SECONDS = 30.0
OURSELVES = Implementation(name="parley", version="1")
log = logging.getLogger(__name__)


@asynccontextmanager
async def connected(
    config: ServerConfig,
    *,
    is_old: bool,
    patience: Patience,
    trouble: Trouble,
    on_end: Callable[[], None],
    on_change: Callable[[], None],
) -> AsyncGenerator[Client]:
    """A client that has agreed on a version of the protocol: 2026-07-28, else an older one by its handshake.

    `is_old` skips the question for those that are known to have no answer. `on_end` is told when nothing more can come,
    `on_change` when the server says that its tools have changed. Raise whatever goes wrong, mostly in groups;
    TimeoutError when there is no agreement in time.
    """

    async def hear(message: IncomingMessage) -> None:
        if isinstance(message, ToolListChangedNotification):
            on_change()

    with anyio.fail_after(patience.connect_seconds) as limit:
        async with Client(
            _streams(config, patience, trouble, on_end),
            mode="legacy" if is_old else "auto",
            client_info=OURSELVES,
            message_handler=hear,
            read_timeout_seconds=patience.connect_seconds,
            cache=None,
        ) as client:
            limit.deadline = math.inf
            yield client


@asynccontextmanager
async def _streams(
    config: ServerConfig, patience: Patience, trouble: Trouble, on_end: Callable[[], None]
) -> AsyncGenerator[tuple[Incoming, WriteStream]]:
    if config.command is not None:
        theirs = process_streams(
            [config.command, *config.args],
            env=config.env,
            cwd=config.cwd,
            most_bytes=MOST_BYTES,
            grace_seconds=patience.grace_seconds,
            trouble=trouble,
        )
    else:
        theirs = http_streams(
            config.url or "",
            headers=config.headers,
            idle_seconds=max(LEAST_IDLE_SECONDS, config.timeout_seconds + patience.connect_seconds),
            most_bytes=MOST_BYTES,
            trouble=trouble,
        )
    async with theirs as (incoming, outgoing):
        yield Incoming(incoming, on_end), outgoing


def is_modern(client: Client) -> bool:
    return client.protocol_version in MODERN_PROTOCOL_VERSIONS


async def ask_for_changes(client: Client, on_change: Callable[[], None]) -> None:
    """For as long as it runs, have the server say when its tools change. Older servers do so unasked."""
    capabilities = client.server_capabilities.tools
    if not is_modern(client) or capabilities is None or not capabilities.list_changed:
        return
    while True:
        try:
            async with client.listen(tools_list_changed=True) as changes:
                on_change()  # there may have been some before we listened
                async for _ in changes:
                    on_change()
        except (MCPError, SubscriptionLost, TimeoutError):
            log.debug("no more word of changes; asked for again in %g s", LISTEN_AGAIN_SECONDS)
        await anyio.sleep(LISTEN_AGAIN_SECONDS)
