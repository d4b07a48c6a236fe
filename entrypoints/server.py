"""uvicorn, stopped in our order: first the work, then the connections."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from socket import socket
from types import FrameType

import uvicorn

from entrypoints.bounded_http import BoundedHttp
from entrypoints.container import Container, prepare
from entrypoints.doctor import setup_hint, summary
from entrypoints.http.app import create_app
from entrypoints.logs import set_up_logging
from entrypoints.sign_in_set import check_secret


class Server(uvicorn.Server):
    """Says where to look once it listens.

    SIGTERM or SIGINT: no new work is taken (503), readers and runs go on for the grace time, what is left is ended, the
    connections are closed and the process exits with 0. A second signal does not wait.
    """

    def __init__(self, container: Container) -> None:
        settings = container.settings()
        set_up_logging(settings)
        config = uvicorn.Config(
            create_app(container),
            host=settings.host,
            port=settings.port,
            log_level="warning" if settings.log_level == "info" else settings.log_level,
            log_config=None,  # as set_up_logging has it
            access_log=False,
            loop="uvloop" if find_spec("uvloop") else "asyncio",
            http=BoundedHttp,
            ws="websockets-sansio",
            ws_max_size=settings.max_body_bytes,
            lifespan="on",
            server_header=False,
            proxy_headers=False,  # X-Forwarded-* is a stranger's word
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)
        self.container = container
        self._draining: asyncio.Task[None] | None = None

    async def serve(self, sockets: list[socket] | None = None) -> None:
        """Raise CannotStart before anything listens."""
        self.container.toolbox()
        self.container.provider_set()
        await prepare(self.container.database())
        access, tokens = self.container.access(), self.container.access_tokens()
        await check_secret(self.container.settings(), access.check_signing_secret, tokens)
        await super().serve(sockets)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what is there now stays: collections need not look through it again, a pause of 50 ms each
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print(summary(self.container, f"http://localhost:{port}"), flush=True)
            if hint := await setup_hint(self.container):
                print(hint, flush=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        stopping = (signal.SIGINT, signal.SIGTERM)

        def heard(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._stop)

        before = [signal.signal(number, heard) for number in stopping]
        try:
            yield
        finally:
            for number, handler in zip(stopping, before, strict=True):
                signal.signal(number, handler)

    def _stop(self) -> None:
        if self._draining:
            self.should_exit = self.force_exit = True
        else:
            self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        await self.container.worker_loop().stop(drain_seconds=self.container.settings().drain_seconds)
        self.should_exit = True
