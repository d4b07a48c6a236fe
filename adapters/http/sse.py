"""Server-sent events out of raw bytes, however the network cut them."""

BOM = b"\xef\xbb\xbf"
FIELDS = frozenset({b"data", b"event", b"id", b"retry"})
LONGEST_EVENT_BYTES = 4 * 1024 * 1024


class EventTooLong(ValueError):
    """An event has not ended within the bytes that are allowed for one."""


class SseSplitter:
    """Takes bytes as they arrive and gives the data of each event that they complete.

    Line ends may be LF, CRLF or CR; comments and the other fields are dropped, the lines of one event's data joined
    with LF. `foreign` says that a line was seen which no event stream has: the body is something else.
    """

    def __init__(self, longest_event_bytes: int = LONGEST_EVENT_BYTES) -> None:
        self.foreign = False
        self._longest = longest_event_bytes
        self._pending = bytearray()
        self._after_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """Raise EventTooLong rather than keep more than one event's worth of bytes."""
        if self._after_cr or b"\r" in data:
            data = self._with_lf(data)
        if not self._pending and data.endswith(b"\n\n"):
            return self._events(data)
        self._pending += data
        # Only the new bytes and the one before them can hold the end of an event that was not there yet.
        end = self._pending.rfind(b"\n\n", max(0, len(self._pending) - len(data) - 1))
        whole = b""
        if end >= 0:
            whole = bytes(self._pending[:end])
            del self._pending[: end + 2]
        if len(self._pending) > self._longest:
            raise EventTooLong(f"an event is longer than {self._longest:,} bytes")
        return self._events(whole)

    def close(self) -> list[bytes]:
        """The stream has ended: the data of an event that was not closed by an empty line, if there is one."""
        rest, self._pending = bytes(self._pending), bytearray()
        return self._events(rest)

    def _with_lf(self, data: bytes) -> bytes:
        """LF for every line end. A CR at the very end counts at once; an LF that follows it is then dropped."""
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            self._after_cr = False
        if data:
            self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _events(self, blocks: bytes) -> list[bytes]:
        events = []
        for block in blocks.split(b"\n\n"):
            if block.startswith(b"data: ") and b"\n" not in block:
                events.append(block[6:])
            elif block:
                events.append(self._data_of(block))
        return [event for event in events if event]

    def _data_of(self, block: bytes) -> bytes:
        data = []
        for line in block.split(b"\n"):
            name, _, value = line.removeprefix(BOM).partition(b":")
            if name == b"data":
                data.append(value.removeprefix(b" "))
            elif name and name not in FIELDS:
                self.foreign = True
        return b"\n".join(data)
