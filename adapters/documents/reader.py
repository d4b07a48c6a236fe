"""The DocumentReader that reads each document in a process of its own."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio

from adapters.documents.sniffing import first_look
from adapters.documents.wire import (
    LENGTH_BYTES,
    Broken,
    Done,
    Message,
    PagesRead,
    Ready,
    Refused,
    Task,
    frame,
    message_in,
    refusal_of,
)
from application.ports.document_reader import DEFAULT_LIMITS, DocumentReader, Progress, ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, TooBusy, UnreadableCause
from domain.reading import Reading

_ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-s", "-m", "adapters.documents.child")
_KEPT = (
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
)  # Python itself may need them; nothing else of the environment is given
_GRACE_SECONDS = 2.0  # in which the child, which has limits of its own, says why it ends
_STRUCTURE_BYTES = 64 * 1024 * 1024
_MOST_MESSAGES = 1000

_log = logging.getLogger(__name__)


class SubprocessDocumentReader(DocumentReader):
    """At most `max_children` documents are read at once, the others wait; waiting is not reading time.

    `command` starts a child.
    """

    def __init__(self, *, max_children: int, command: Sequence[str] = COMMAND) -> None:
        self._places = asyncio.Semaphore(max_children)
        self._command = command

    def look(self, head: bytes, tail: bytes | None = None) -> None:
        first_look(head, tail)

    async def read(
        self,
        content: bytes,
        filename: str,
        *,
        limits: ReadingLimits = DEFAULT_LIMITS,
        progress: Progress | None = None,
    ) -> Reading:
        if len(content) > limits.max_bytes:
            raise DocumentTooLarge(f"bytes: at most {limits.max_bytes}")
        if not content:
            raise DocumentUnreadable(UnreadableCause.EMPTY)
        async with self._places:
            child = _Child(await _started(self._command), limits, progress)
            try:
                async with asyncio.timeout(limits.timeout_seconds + _GRACE_SECONDS):
                    return await child.read(content, filename)
            except TimeoutError as error:
                raise DocumentUnreadable(UnreadableCause.TIMED_OUT) from error
            finally:
                await child.end()


async def _started(command: Sequence[str]) -> asyncio.subprocess.Process:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            start_new_session=True,  # so that Ctrl-C at a terminal leaves it to the server
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with anyio.CancelScope(shield=True), suppress(OSError):  # one that was started must not be left behind
            await _Child(await starting, DEFAULT_LIMITS, None).end()
        raise
    except OSError as error:
        raise TooBusy("No reader of documents could be started; try again shortly") from error


class _Child:
    """One child and what it says. It is not trusted: each message is bounded and checked."""

    def __init__(self, process: asyncio.subprocess.Process, limits: ReadingLimits, progress: Progress | None) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child without pipes")
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._longest = _STRUCTURE_BYTES + 4 * limits.max_characters
        self._limits = limits
        self._progress = progress
        self._is_ready = False

    async def read(self, content: bytes, filename: str) -> Reading:
        await self._feed(frame(Task(filename, self._limits)), content)
        for _ in range(_MOST_MESSAGES):
            match await self._message():
                case Ready():
                    self._is_ready = True
                case PagesRead(count, of):
                    if self._progress is not None:
                        self._progress(count, of)
                case Done(reading):
                    return reading
                case Refused() as refused:
                    raise _refusal(refused)
                case Broken(trace):
                    _log.warning("a document was not read, because its reader failed: %s", trace)
                    raise DocumentUnreadable(UnreadableCause.DAMAGED)
        raise DocumentUnreadable(UnreadableCause.TOO_MUCH)

    async def end(self) -> None:
        """Kill it unless it has ended, with all that it may have started, and wait until it is gone."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):  # it has just ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
        self._stdin.close()
        with anyio.CancelScope(shield=True):
            while await self._stdout.read(_STRUCTURE_BYTES):  # until 3.11.5 wait() waits for the end of its pipes too
                pass
            await self._process.wait()

    async def _feed(self, *pieces: bytes) -> None:
        """A child that ends before it has taken everything has said why, or is found to be dead when it is heard."""
        with suppress(ConnectionError):
            for piece in pieces:
                self._stdin.write(piece)
                await self._stdin.drain()
            self._stdin.write_eof()

    async def _message(self) -> Message:
        try:
            length = int.from_bytes(await self._stdout.readexactly(LENGTH_BYTES))
            if length > self._longest:
                raise DocumentUnreadable(UnreadableCause.TOO_MUCH)
            return message_in(await self._stdout.readexactly(length))
        except asyncio.IncompleteReadError as error:
            raise self._death(await self._process.wait()) from error
        except ValueError as error:
            raise DocumentUnreadable(UnreadableCause.DAMAGED) from error

    def _death(self, status: int) -> DocumentUnreadable | TooBusy:
        """Why it ended without a word."""
        if not self._is_ready:
            return TooBusy("The reader of documents did not start; try again shortly")
        if status in (-signal.SIGALRM, -signal.SIGXCPU):
            return DocumentUnreadable(UnreadableCause.TIMED_OUT)
        if status == -signal.SIGKILL:  # by the system, which had no memory left
            return DocumentUnreadable(UnreadableCause.TOO_MUCH)
        return DocumentUnreadable(UnreadableCause.DAMAGED)


def _refusal(refused: Refused) -> Exception:
    try:
        return refusal_of(refused)
    except ValueError:
        return DocumentUnreadable(UnreadableCause.DAMAGED)
