"""JSON as servers really send it, and what may be kept of it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

LARGEST_COUNT = 2**31 - 1


def decoder_of(kind: type[T]) -> Callable[[bytes], T]:
    """A reader of documents of this kind, whose text can be stored: it has no NUL and no half of a surrogate pair.

    It raises ValueError or RecursionError for what is no such document.
    """
    decoder = msgspec.json.Decoder(kind)

    def decode(data: bytes) -> T:
        if b"\\u0000" not in data:
            try:
                return decoder.decode(data)
            except ValueError:
                pass  # perhaps only half of a surrogate pair, a NaN or a byte that is not UTF-8: read it with patience
        return msgspec.convert(_storable(patiently_read(data)), kind)

    return decode


def patiently_read(data: bytes) -> Any:
    """JSON with the faults that servers make: bytes that are not UTF-8, control characters, NaN."""
    return json.loads(data.decode(errors="replace"), strict=False, parse_constant=lambda _: None)


def checked_json(decoder: msgspec.json.Decoder[T], data: bytes) -> tuple[T, bytes]:
    """What the decoder makes of it, and the bytes, mended if any JSON reader could stumble over them.

    Raise ValueError or RecursionError when it is not what the decoder reads.
    """
    try:
        if not data.isascii():
            data.decode()
        return decoder.decode(data), data
    except ValueError:
        document = patiently_read(data)
        return msgspec.convert(document, decoder.type), json.dumps(document).encode()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def count_in(usage: Mapping[str, Any], name: str) -> int:
    """A count of tokens, or 0 where the provider gave nothing that can be one."""
    value = usage.get(name)
    return value if isinstance(value, int) and 0 <= value <= LARGEST_COUNT else 0


def detail_in(usage: Mapping[str, Any], group: str, name: str) -> int:
    """The same of a count in a group of counts, such as the reasoning among the tokens of the output."""
    details = usage.get(group)
    return count_in(details, name) if isinstance(details, Mapping) else 0
