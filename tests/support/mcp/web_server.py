"""The well-behaved server over HTTP, within this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from tests.support.mcp.good_server import good_server


@asynccontextmanager
async def good_web_server(*, is_old: bool = False, port: int = 0) -> AsyncIterator[int]:
    """Its port. `is_old`: it knows nothing of 2026-07-28, so clients shake hands and have sessions."""
    app: Any = good_server().streamable_http_app()
    config = uvicorn.Config(
        _without_discovery(app) if is_old else app,
        port=port,
        log_level="critical",
        ws="none",
        timeout_graceful_shutdown=0,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # without its handlers of signals
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110  # it has no event of that
                await asyncio.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


def _without_discovery(app: Any) -> Any:
    async def old(scope: Any, receive: Any, send: Any) -> None:
        if dict(scope.get("headers", ())).get(b"mcp-method") == b"server/discover":
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"what?"})
        else:
            await app(scope, receive, send)

    return old
