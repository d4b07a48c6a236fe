"""A circuit breaker as a value: what a provider's faults in a row mean for the next call to it."""

from dataclasses import dataclass, replace
from enum import StrEnum


class CircuitState(StrEnum):
    """Closed: calls go through. Open: none does. Half open: one may try whether the provider is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRules:
    """After `most_faults` in a row nothing is tried for `pause_seconds`, twice as long after each failed probe, up to
    `longest_pause_seconds`."""

    most_faults: int = 5
    pause_seconds: float = 30.0
    longest_pause_seconds: float = 300.0

    def pause_after(self, times_opened: int) -> float:
        return min(self.longest_pause_seconds, self.pause_seconds * 2.0 ** min(times_opened - 1, 30))


@dataclass(frozen=True, slots=True)
class Circuit:
    """Times are seconds of any clock that only goes forward."""

    faults: int = 0
    times_opened: int = 0
    closed_until: float | None = None
    """When the next probe may be made; None while calls go through."""
    is_probing: bool = False

    def state(self, now: float) -> CircuitState:
        if self.closed_until is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if now >= self.closed_until else CircuitState.OPEN

    def entered(self, now: float) -> "Circuit | None":
        """With a call under way; None when there is to be none: the circuit is open, or somebody else is probing."""
        match self.state(now):
            case CircuitState.CLOSED:
                return self
            case CircuitState.HALF_OPEN if not self.is_probing:
                return replace(self, is_probing=True)
            case _:
                return None

    def after_answer(self, *, was_probe: bool) -> "Circuit":
        """The provider said something, be it that it refuses: it is there. Faults in a row are still counted."""
        return Circuit() if was_probe else self

    def after_success(self, *, was_probe: bool) -> "Circuit":
        """A whole answer ends the row of faults; one that began before the circuit opened tells nothing new."""
        return Circuit() if was_probe or self.closed_until is None else self

    def after_fault(self, rules: CircuitRules, now: float, *, was_probe: bool) -> "Circuit":
        if self.closed_until is not None and not was_probe:
            return self
        faults = self.faults + 1
        if not was_probe and faults < rules.most_faults:
            return replace(self, faults=faults)
        times = self.times_opened + 1
        return Circuit(faults, times, now + rules.pause_after(times))

    def after_nothing(self, *, was_probe: bool) -> "Circuit":
        """The caller left before there was anything to learn: the next may probe."""
        return replace(self, is_probing=False) if was_probe else self

    def wait_seconds(self, now: float) -> float:
        """Until it is worth coming back."""
        return max(1.0, (self.closed_until or now) - now)
