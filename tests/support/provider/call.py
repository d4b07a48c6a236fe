"""What the provider remembers of a request."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.support.provider.answers import marks_in
from tests.support.provider.wire import Request


@dataclass(slots=True)
class Call:
    """One request for an answer. `seconds` is how long it was open, None while it is; `aborted` says that the client
    left before the answer was over; `connection` is the same for the calls of one connection.
    `billed` is what the invoice has of an answer that was given whole."""

    number: int
    path: str
    headers: dict[str, str]
    body: Any
    marks: list[str]
    connection: int
    tokens_sent: int = 0
    aborted: bool = False
    seconds: float | None = None
    billed: dict[str, int] | None = None
    arrived_at: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, request: Request, *, number: int, connection: int) -> "Call":
        body = request.json()
        return cls(number, request.path, request.headers, body, marks_in(body), connection)

    @property
    def open(self) -> bool:
        return self.seconds is None

    def end(self, *, aborted: bool) -> None:
        self.aborted = aborted
        self.seconds = time.monotonic() - self.arrived_at

    def as_document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*self.__slots__, "open")}
