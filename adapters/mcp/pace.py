"""How fast a stranger may talk to us."""

import anyio


class Pace:
    """A bucket: so much at once is free, and then so much a second. Whoever exceeds it is not read for a while, and
    waits for us at the other end of its pipe."""

    def __init__(self, *, per_second: float, at_once: float) -> None:
        self._per_second, self._at_once = per_second, at_once
        self._used = self._since = 0.0

    async def __call__(self, amount: float = 1.0) -> None:
        now = anyio.current_time()
        self._used = max(0.0, self._used - (now - self._since) * self._per_second) + amount
        self._since = now
        if self._used > self._at_once:
            await anyio.sleep((self._used - self._at_once) / self._per_second)
