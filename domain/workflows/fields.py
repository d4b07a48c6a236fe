"""The fields of a table that somebody wrote by hand, taken one by one; what is wrong with them is noted, not raised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain.workflows.nearest import meant

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """What is wrong, in sentences; `is_whole` as long as nothing in it was impossible to read."""

    mistakes: list[str] = field(default_factory=list)
    is_whole: bool = True


@dataclass(slots=True)
class Fields:
    """`place` begins each sentence about them. What cannot be read is None, like what is not there."""

    place: str
    table: Mapping[str, Any]
    notes: Notes
    known: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        return self._take(name, str, "a text")

    def needed_text(self, name: str) -> str | None:
        if name not in self.table:
            self.cannot_read(name, "is missing")
        return self.text(name)

    def whole_number(self, name: str) -> int | None:
        return self._take(name, int, "a whole number")

    def number(self, name: str) -> float | None:
        return self._take(name, float if isinstance(self.table.get(name), float) else int, "a number")

    def table_of(self, name: str) -> dict[str, Any] | None:
        return self._take(name, dict, "a table")

    def texts(self, name: str) -> list[str] | None:
        return self._list(name, str, "a list of texts")

    def tables(self, name: str) -> list[dict[str, Any]]:
        return self._list(name, dict, "a list of tables") or []

    def named_tables(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for key, value in (self.table_of(name) or {}).items():
            if isinstance(value, dict):
                yield key, value
            else:
                self.cannot_read(f"{name}.{key}", "must be a table")

    def anything(self, name: str) -> Any:
        self.known.append(name)
        return self.table.get(name)

    def wrong(self, name: str, why: str) -> None:
        self.notes.mistakes.append(f"{self.place}{name}: {why}")

    def cannot_read(self, name: str, why: str) -> None:
        self.wrong(name, why)
        self.notes.is_whole = False

    def end(self) -> None:
        """Note the fields that nobody has taken."""
        for name in self.table:
            if name not in self.known:
                hint = meant(name, self.known) or f"; there are: {', '.join(self.known)}"
                self.notes.mistakes.append(f"{self.place}there is no field {name!r}{hint}")

    def _list(self, name: str, kind: type[T], words: str) -> list[T] | None:
        values = self._take(name, list, words)
        if values is None:
            return None
        readable = [value for value in values if isinstance(value, kind)]
        if len(readable) < len(values):
            self.cannot_read(name, f"must be {words}")
        return readable

    def _take(self, name: str, kind: type[T], words: str) -> T | None:
        """A truth value is no number here, though Python counts with it."""
        value = self.anything(name)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        if value is not None:
            self.cannot_read(name, f"must be {words}")
        return None
