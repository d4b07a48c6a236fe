"""The real application on a real socket, in the test's own event loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import uvicorn
from dependency_injector import providers

from application.ports.clock import Now
from entrypoints.bounded_http import BoundedHttp
from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.settings import Settings
from tests.support.secrets_kept import tells_nothing

HOOKS = {"response": [tells_nothing]}
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""It trusts nobody: to read whom the machine trusts takes longer than most tests, which talk to http:// alone."""


@dataclass(frozen=True, slots=True)
class Parley:
    url: str
    container: Container
    http: httpx2.AsyncClient


@asynccontextmanager
async def parley(*, now: Now | None = None, **settings: object) -> AsyncIterator[Parley]:
    """Serve with these settings (by field name) on a free port, in memory and without demo delays unless told else.

    `now` is what the clock shows, for what would else hang on when in a minute the test runs.
    """
    values: dict[str, object] = {
        "database_url": "memory://",
        "demo_words_per_second": 0,
        "drain_seconds": 0.2,
        "port": 0,
    }
    container = Container(settings=Settings(**(values | settings)))  # type: ignore[arg-type]
    if now:
        container.now.override(providers.Object(now))
    config = uvicorn.Config(
        create_app(container),
        port=0,
        http=BoundedHttp,
        ws="websockets-sansio",
        lifespan="on",
        proxy_headers=False,  # as entrypoints/server.py has it
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()  # not serve(): that polls for its end every 0.1 s, and takes over the signals
    if not server.started:
        raise RuntimeError("the application did not start; see the captured log")
    try:
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        url = f"http://{host}:{port}"
        async with httpx2.AsyncClient(base_url=url, timeout=60, event_hooks=HOOKS, verify=NO_TLS) as http:
            yield Parley(url, container, http)
    finally:
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await server.lifespan.shutdown()  # not server.shutdown(): that sleeps 0.1 s first


async def until(condition: object, *, seconds: float = 30) -> None:
    """Wait until `condition()` (plain or async) is true; fail with its source when it has not become so in time."""
    async with asyncio.timeout(seconds):
        while True:
            value = condition()  # type: ignore[operator]
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return
            await asyncio.sleep(0.01)
