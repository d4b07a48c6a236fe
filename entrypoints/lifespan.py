"""What happens before the first request and after the last."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from application.runs.worker_loop import LAST_SECONDS
from entrypoints.container import Container, close, prepare
from entrypoints.sign_in_set import check_secret


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[None]:
    """Bring the schema up to date and start the worker; at the end drain it and close what was opened.

    Raise CannotStart.
    """
    try:
        await prepare(container.database())
        await check_secret(container.settings(), container.access().check_signing_secret, container.access_tokens())
        recorder = container.usage().recorder
        recording = asyncio.create_task(recorder.run_forever(), name="usage")
        loop = container.worker_loop()
        await loop.start()
        notices = (
            asyncio.create_task(container.notify_approvals().run_forever()) if container.approval_notifier() else None
        )
        housekeeping = asyncio.create_task(container.ingestion().housekeeping.run_forever())
        try:
            yield
        finally:
            if notices:
                notices.cancel()
            housekeeping.cancel()
            await asyncio.gather(housekeeping, return_exceptions=True)
            await loop.stop(drain_seconds=container.settings().drain_seconds)
            await container.titles().stop()
            await recorder.stop(recording, seconds=LAST_SECONDS)
    finally:
        await close(container)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with running(app.state.container):
        yield
