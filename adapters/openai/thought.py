"""What a server wants back of what its model reasoned, gathered while it streams."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.conversation import ProviderState

GROWING = ("text", "summary", "data")
"""The fields of a detail that come in pieces."""


class Thought:
    """One stretch of reasoning. `back` is the field in which the server wants its text back, if it does.

    A server that sends details wants those back, unchanged and in their order.
    """

    def __init__(self, provider: str, model: str, back: str | None) -> None:
        self._origin = (provider, model)
        self._back = back
        self._has_text = False
        self._details: list[dict[str, Any]] = []

    def hear_text(self) -> None:
        self._has_text = True

    def hear_details(self, pieces: Iterable[dict[str, Any]]) -> None:
        for piece in pieces:
            last = self._details[-1] if self._details else {}
            if last and piece.get("index") is not None and _place(piece) == _place(last):
                _grow(last, piece)
            else:
                self._details.append(dict(piece))

    def take(self) -> ProviderState | None:
        """The state of the stretch that ends here; None when there was none, or nothing of it is wanted back."""
        data: dict[str, Any] = {}
        if self._details:
            data = {"reasoning_details": self._details}
        elif self._has_text and self._back:
            data = {"field": self._back}
        self._has_text, self._details = False, []
        provider, model = self._origin
        return ProviderState(provider, data, model) if data else None


def _place(piece: Mapping[str, Any]) -> tuple[Any, Any]:
    return piece.get("type"), piece.get("index")


def _grow(whole: dict[str, Any], piece: Mapping[str, Any]) -> None:
    for name, value in piece.items():
        if name in GROWING and isinstance(value, str) and isinstance(whole.get(name), str):
            whole[name] += value
        elif value is not None:
            whole[name] = value
