"""A process that can be ended, failed or frozen at each of its effects on the world."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from domain.errors import StorageUnavailable

ASK_THE_MODEL = "ask the model"
CALL_A_TOOL = "call a tool"
ELSEWHERE = frozenset({ASK_THE_MODEL, CALL_A_TOOL})
"""The effects that are not on the store."""

T = TypeVar("T")
CURRENT: ContextVar["MortalProcess | None"] = ContextVar("CURRENT", default=None)


class Died(BaseException):
    """The process is no more: whatever its code still does reaches nobody."""


@dataclass(frozen=True)
class Fate:
    """What becomes of effect number `at` (counted from 1), `when` it is about to happen or has just happened.

    The process dies there, or is told that the store does not answer and lives on.
    """

    at: int = 0
    when: Literal["before", "after"] = "before"
    what: Literal["dies", "fails"] = "dies"


@dataclass(eq=False)
class MortalProcess:
    name: str
    fate: Fate = field(default_factory=Fate)
    effects: list[str] = field(default_factory=list)
    is_dead: bool = False
    has_no_store: bool = False
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _awake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._awake.set()
        asyncio.get_running_loop().set_task_factory(_begin_task)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do it in this process: it dies with it, like everything that it begins."""
        token = CURRENT.set(self)
        try:
            return asyncio.get_running_loop().create_task(work)
        finally:
            CURRENT.reset(token)

    async def effect(self, name: str, happen: Callable[[], Awaitable[T]]) -> T:
        """Let it happen, if the process lives to see it; raise what its fate is, before or afterwards."""
        number = await self.about_to(name)
        result = await happen()
        self.happened(number)
        return result

    async def about_to(self, name: str) -> int:
        """The number of the effect that comes now."""
        await (self.live() if name in ELSEWHERE else self.reach_the_store())
        self.effects.append(name)
        self._meet_fate(len(self.effects), "before")
        return len(self.effects)

    def happened(self, number: int) -> None:
        self._meet_fate(number, "after")
        if self.is_dead:
            raise Died

    def _meet_fate(self, number: int, when: str) -> None:
        if (number, when) != (self.fate.at, self.fate.when):
            return
        if self.fate.what == "dies":
            self.die()
            raise Died
        if self.effects[number - 1] not in ELSEWHERE:
            raise StorageUnavailable

    async def live(self) -> None:
        """Wait while the process is frozen; raise Died when it is dead."""
        await self._awake.wait()
        if self.is_dead:
            raise Died

    async def reach_the_store(self) -> None:
        """As `live`; raise StorageUnavailable while the store does not answer this process."""
        await self.live()
        if self.has_no_store:
            raise StorageUnavailable

    def die(self) -> None:
        """Nothing of the process goes on, and nothing more of it reaches the world."""
        self.is_dead = True
        self._awake.set()
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    def freeze(self) -> None:
        """From now on the process waits at its next effect."""
        self._awake.clear()

    def thaw(self) -> None:
        self._awake.set()

    @property
    def is_frozen(self) -> bool:
        return not self._awake.is_set()

    async def gone(self) -> None:
        """Wait until nothing of the process is left."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def add(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if self.is_dead:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(task.exception(), Died):
            return  # which is looked at, so that nobody complains that it was not


def _begin_task(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **how)
    if process := CURRENT.get():
        process.add(task)
    return task
