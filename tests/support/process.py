"""The real command in a process of its own, as an operator starts it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")


@dataclass(slots=True)
class Served:
    url: str
    process: asyncio.subprocess.Process
    printed: str

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, *, seconds: float = 60) -> int:
        return await asyncio.wait_for(self.process.wait(), seconds)


async def command(*arguments: str, prefix: Sequence[str] = (), **environment: str) -> asyncio.subprocess.Process:
    """`PREFIX python -m entrypoints ARGUMENTS` with nothing of the test's own environment but what a process needs."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ} | environment
    return await asyncio.create_subprocess_exec(
        *prefix, sys.executable, "-m", "entrypoints", *arguments,
        cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


async def finished(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command to its end; its exit code and all that it printed."""
    process = await command(*arguments, **environment)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), 120)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, output.decode()


@asynccontextmanager
async def served(**environment: str) -> AsyncIterator[Served]:
    """`serve` on a free port, ready to be asked. Killed at the end if it still runs."""
    process = await command("serve", "--port", "0", **environment)
    assert process.stdout is not None
    printed = ""
    try:
        async with asyncio.timeout(120):
            while not re.search(r"auth +\w", printed):
                line = await process.stdout.readline()
                if not line:
                    raise RuntimeError(f"serve ended before it listened:\n{printed}")
                printed += line.decode()
        found = re.search(r"is at (http://\S+)", printed)
        assert found is not None
        drain = asyncio.create_task(process.stdout.read())  # a full pipe would stop the server
        yield Served(found[1], process, printed)
        drain.cancel()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
