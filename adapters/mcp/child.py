"""A process that serves tools, and the certainty that it ends."""

import asyncio
import logging
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import anyio

SUPERVISOR = Path(__file__).with_name("supervisor.py")
PASSED_ON = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER")
"""All that it sees of our environment, which is full of secrets, besides what is configured for it."""
REAP_SECONDS, LOOK_SECONDS = 5.0, 0.01
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """`lifeline` is our end of the pipe whose closing kills the process and all that it has started."""

    process: Process
    stdin: StreamWriter
    stdout: StreamReader
    stderr: StreamReader
    lifeline: int
    grace_seconds: float

    @classmethod
    async def start(
        cls, command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None, most_bytes: int, grace_seconds: float
    ) -> Self:
        """A line of its output has at most `most_bytes`.

        A command that is not there ends at once, with 127. Raise OSError when nothing can be started at all.
        """
        theirs, ours = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(SUPERVISOR), str(theirs), *command),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                limit=most_bytes,
                env={**{name: os.environ[name] for name in PASSED_ON if name in os.environ}, **env},
                cwd=cwd,
                start_new_session=True,
                pass_fds=(theirs,),
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise OSError("no pipes")
        return cls(process, process.stdin, process.stdout, process.stderr, ours, grace_seconds)

    async def ending(self) -> str:
        """How it ended, when it is about to."""
        await self._has_ended(self.grace_seconds)
        code = self.process.returncode
        return "closed its output" if code is None else f"ended with exit code {code}"

    async def end(self) -> None:
        """Close its input, and kill what still lives after the grace time, with all that it has started."""
        self.stdin.close()
        await self._has_ended(self.grace_seconds)
        os.close(self.lifeline)
        if not await self._has_ended(REAP_SECONDS):
            log.warning("process %d outlives being killed", self.process.pid)
        # Else a pipe that somebody who left the group holds open would keep it.
        self.process._transport.close()  # type: ignore[attr-defined]

    async def _has_ended(self, within_seconds: float) -> bool:
        """Looked at again and again, as `wait` waits for the ends of pipes too, which we may not have read up to."""
        deadline = anyio.current_time() + within_seconds
        while self.process.returncode is None and anyio.current_time() < deadline:  # noqa: ASYNC110
            await anyio.sleep(LOOK_SECONDS)
        return self.process.returncode is not None
