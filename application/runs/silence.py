"""How long a worker may be silent before the others take it for dead."""

from dataclasses import dataclass


@dataclass(slots=True)
class Silence:
    """Of one worker's own beats, by a clock that only goes forward."""

    lease_seconds: float
    _beaten_at: float | None = None
    _longer: float = 0.0
    _until: float = 0.0

    def bearable(self, now: float) -> float:
        """Seconds that others may have been silent, asked right after each beat.

        A lease; but who could not beat itself for a while takes it that the store was away for everybody. The others
        get that time on top, and a lease in which to beat again: otherwise the first to find the store again would take
        the runs of all.
        """
        gap = 0.0 if self._beaten_at is None else now - self._beaten_at
        self._beaten_at = now
        longer = self._longer if now < self._until else 0.0
        if gap > self.lease_seconds / 2:
            longer += gap
            self._longer, self._until = longer, now + self.lease_seconds
        return self.lease_seconds + longer
