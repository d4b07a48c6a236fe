"""When a failed attempt is made again, and when not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from domain.errors import ProviderFailure

LONGEST_WAIT_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Setback:
    """An attempt that failed; `again` says that trying again may help."""

    failure: ProviderFailure
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Exponential backoff with full jitter. `jitter` gives a number from 0 to 1, `now` the time, aware.

    A provider that says when to come back is obeyed when that is within `longest_retry_after_seconds`; when it is not,
    the failure goes out at once and says it.
    """

    jitter: Callable[[], float]
    now: Callable[[], datetime]
    max_attempts: int = 3
    first_delay_seconds: float = 0.5
    longest_delay_seconds: float = 8.0
    longest_retry_after_seconds: float = 5.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def delay_seconds(self, setback: Setback, attempt: int) -> float | None:
        """How long to wait after `attempt` (from 1) has failed; None when it was the last."""
        if not setback.again or attempt >= self.max_attempts:
            return None
        asked = setback.failure.retry_after_seconds
        if asked is not None:
            return asked if asked <= self.longest_retry_after_seconds else None
        return self.jitter() * min(self.longest_delay_seconds, self.first_delay_seconds * 2.0 ** (attempt - 1))

    def asked_seconds(self, headers: Mapping[str, str]) -> float | None:
        """What `Retry-After` (seconds or a date) or `retry-after-ms` asks for; None without a readable one."""
        with suppress(ValueError):
            if "retry-after-ms" in headers:
                return _bounded(float(headers["retry-after-ms"]) / 1000)
            return self._seconds_of(headers.get("retry-after", ""))
        return None

    def _seconds_of(self, value: str) -> float | None:
        try:
            return _bounded(float(value))
        except ValueError:
            at = parsedate_to_datetime(value)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return _bounded((aware - self.now()).total_seconds())


def _bounded(seconds: float) -> float | None:
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS) if isfinite(seconds) else None
