"""A server that is a process of ours, spoken to by lines on its standard input and output."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from adapters.mcp.child import Child
from adapters.mcp.incoming import Item, Streams
from adapters.mcp.pace import Pace
from adapters.mcp.trouble import Trouble

BYTES_A_SECOND, BYTES_AT_ONCE = 10e6, 30e6
LAST_WORDS = 2000


@asynccontextmanager
async def process_streams(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None,
    most_bytes: int,
    grace_seconds: float,
    trouble: Trouble,
) -> AsyncGenerator[Streams]:
    """A process of this command, and the streams to and from it; to be left in the task that entered.

    On leaving, the process has `grace_seconds` to end. A message of more than `most_bytes` ends the connection, as what
    comes after it cannot be trusted. What is no message is passed on as an exception. Raise OSError when the process
    cannot be started.
    """
    child = await Child.start(command, env=env, cwd=cwd, most_bytes=most_bytes, grace_seconds=grace_seconds)
    to_session, incoming = anyio.create_memory_object_stream[Item](0)
    outgoing, from_session = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_read, child, to_session, trouble)
            tasks.start_soon(_write, child, from_session)
            tasks.start_soon(_listen, child, trouble)
            yield incoming, outgoing
            tasks.cancel_scope.cancel()
    finally:
        for stream in (to_session, incoming, outgoing, from_session):
            stream.close()
        with anyio.CancelScope(shield=True):
            await child.end()


async def _read(child: Child, to_session: MemoryObjectSendStream[Item], trouble: Trouble) -> None:
    """Lines become messages until the process closes its output."""
    pace = Pace(per_second=BYTES_A_SECOND, at_once=BYTES_AT_ONCE)
    async with to_session:
        with suppress(anyio.BrokenResourceError):
            try:
                while (line := await child.stdout.readline()).endswith(b"\n"):
                    await pace(len(line))
                    await to_session.send(_message(line))
            except ValueError:
                trouble.say("sent a message that is too long")
            else:
                trouble.say(await child.ending())


def _message(line: bytes) -> Item:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        return error


async def _write(child: Child, from_session: MemoryObjectReceiveStream[SessionMessage]) -> None:
    async with from_session:
        with suppress(OSError):
            async for item in from_session:
                child.stdin.write(item.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
                await child.stdin.drain()


async def _listen(child: Child, trouble: Trouble) -> None:
    """The last of what is written to its standard error is kept for the operator."""
    pace = Pace(per_second=BYTES_A_SECOND, at_once=BYTES_AT_ONCE)
    while words := await child.stderr.read(LAST_WORDS):
        trouble.last_words = (trouble.last_words + words.decode(errors="replace"))[-LAST_WORDS:]
        await pace(len(words))
