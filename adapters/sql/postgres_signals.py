"""Signals between the processes that share a Postgres, by LISTEN and NOTIFY."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import asyncpg

from application.ports.signals import Signals, Subscription

log = logging.getLogger(__name__)

CHANNEL = "parley"
NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"
LONGEST_PAYLOAD = 7_900  # bytes; Postgres takes less than 8,000
PAUSE_SECONDS = 0.03
CHECK_SECONDS = 30.0
START_SECONDS = 5.0
GOODBYE_SECONDS = 1.0
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.1, 5.0


class PostgresSignals(Signals):
    """Within the process signals go by `local`, at once; to the others by one connection that both listens and sends.

    It sends at most one transaction every PAUSE_SECONDS, for as long as somebody has something to say: what notifies
    takes a lock at its commit that all of the server share. Whoever subscribes starts it. A connection that fails is
    replaced until it is closed; what could not be sent meanwhile is forgotten, and everybody here is woken.
    """

    def __init__(self, local: Signals, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._local, self._connect = local, connect
        self._subscribed: Counter[str] = Counter()
        self._unsent: dict[str, None] = {}
        self._something = asyncio.Event()
        self._listening = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when others are heard, or after START_SECONDS if they cannot be heard yet."""
        self._start()
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await self._listening.wait()

    async def aclose(self) -> None:
        """Send what still waits, if that is soon done, and end the connection."""
        if self._task:
            self._closing = True
            self._something.set()
            await asyncio.wait({self._task}, timeout=GOODBYE_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def send(self, *topics: str) -> None:
        self._local.send(*topics)
        if self._task and topics:
            self._unsent.update(dict.fromkeys(topics))
            self._something.set()

    @contextmanager
    def subscribe(self, topic: str) -> Iterator[Subscription]:
        self._start()
        self._subscribed[topic] += 1
        try:
            with self._local.subscribe(topic) as subscription:
                yield subscription
        finally:
            self._subscribed[topic] -= 1
            if not self._subscribed[topic]:
                del self._subscribed[topic]

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="signals")

    async def _run(self) -> None:
        retry = FIRST_RETRY_SECONDS
        while not self._closing:
            try:
                connection = await self._connect()
                try:
                    await self._listen(connection)
                    retry = FIRST_RETRY_SECONDS
                    await self._notify(connection)
                finally:
                    connection.terminate()
            except Exception as error:  # noqa: BLE001  # whatever it is, hints are worth trying again
                log.warning("signals from and to other processes are lost: %s", error or type(error).__name__)
                self._unsent.clear()
                await asyncio.sleep(retry)
                retry = min(retry * 2, LONGEST_RETRY_SECONDS)

    async def _listen(self, connection: asyncpg.Connection) -> None:
        """Hear the others from now on, and have everybody look for what was not heard before."""
        await connection.add_listener(CHANNEL, self._hear)
        connection.add_termination_listener(lambda _: self._something.set())
        self._local.send(*self._subscribed)
        self._listening.set()

    def _hear(self, connection: asyncpg.Connection, sender: int, channel: str, payload: str) -> None:
        if sender != connection.get_server_pid():
            self._local.send(*payload.split("\n"))

    async def _notify(self, connection: asyncpg.Connection) -> None:
        """Send what is to be sent until closing; raise when the connection fails."""
        while not self._closing or self._unsent:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._something.wait()
            self._something.clear()
            unsent, self._unsent = self._unsent, {}
            await connection.fetch(NOTIFY, CHANNEL, payloads(unsent))  # with nothing to send: is anybody there?
            await asyncio.sleep(PAUSE_SECONDS)


def payloads(topics: Iterable[str]) -> list[str]:
    """The topics, in as few payloads as they fit in."""
    lots: list[list[str]] = []
    room = 0
    for topic in topics:
        size = len(topic.encode()) + 1
        if size > room:
            lots.append([])
            room = LONGEST_PAYLOAD
        room -= size
        lots[-1].append(topic)
    return ["\n".join(lot) for lot in lots]
