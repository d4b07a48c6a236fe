"""A real S3-compatible server in a process of its own, with a bucket."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from adapters.s3.signing import Credentials
from adapters.s3.store import S3BlobStore

BUCKET = "documents"
DEADLINE_SECONDS = 60


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, env=os.environ | keys, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


async def s3_store(address: str) -> S3BlobStore:
    """A store in a bucket of that server, in small parts. Close it."""
    store = S3BlobStore(
        endpoint=address,
        bucket=BUCKET,
        prefix="blobs of test/",
        credentials=Credentials("test", "test"),
        now=lambda: datetime.now(UTC),
        part_bytes=5 * 1024 * 1024,
    )
    await store._ask("PUT", None)  # the bucket
    return store
