"""What the server and the child tell one another: frames of a length in four bytes and a message in MessagePack."""

from typing import BinaryIO

import msgspec

from application.ports.document_reader import ReadingLimits
from domain.errors import DocumentTooLarge, DocumentUnreadable, Refusal, UnreadableCause, UnsupportedDocument
from domain.reading import Reading

LENGTH_BYTES = 4


class Task(msgspec.Struct, frozen=True):
    """The first frame that the child gets; what follows is the document, to the end of its input."""

    filename: str
    limits: ReadingLimits


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The child has started: whatever ends it from here on is the document's doing."""


class PagesRead(msgspec.Struct, frozen=True, tag=True):
    count: int
    of: int


class Done(msgspec.Struct, frozen=True, tag=True):
    reading: Reading


class Refused(msgspec.Struct, frozen=True, tag=True):
    """`about` is what the refusal names: a bound, a cause or what was found instead."""

    code: str
    about: str


class Broken(msgspec.Struct, frozen=True, tag=True):
    """The reader did not expect this; for the log."""

    trace: str


Message = Ready | PagesRead | Done | Refused | Broken

_encoder = msgspec.msgpack.Encoder()
_messages: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)
_tasks = msgspec.msgpack.Decoder(Task)


def frame(message: Message | Task) -> bytes:
    body = _encoder.encode(message)
    return len(body).to_bytes(LENGTH_BYTES) + body


def message_in(body: bytes) -> Message:
    """Raises ValueError when it is none: a child that was taken over may say anything."""
    return _messages.decode(body)


def task_from(stream: BinaryIO) -> Task:
    length = int.from_bytes(stream.read(LENGTH_BYTES))
    return _tasks.decode(stream.read(length))


def refused(refusal: Refusal) -> Refused:
    match refusal:
        case DocumentUnreadable():
            return Refused(refusal.code, refusal.cause.name)
        case DocumentTooLarge():
            return Refused(refusal.code, refusal.bound)
        case UnsupportedDocument():
            return Refused(refusal.code, refusal.found)
    raise refusal


def refusal_of(refused: Refused) -> Refusal:
    """Raises ValueError when it is none of a reader's."""
    if refused.code == DocumentTooLarge.code:
        return DocumentTooLarge(refused.about)
    if refused.code == UnsupportedDocument.code:
        return UnsupportedDocument(refused.about)
    if refused.code == DocumentUnreadable.code and refused.about in UnreadableCause.__members__:
        return DocumentUnreadable(UnreadableCause[refused.about])
    raise ValueError(f"{refused.code} is no refusal of a reader")
