"""The names that OpenAI's clients know rows by: `resp_` a run, `conv_` a conversation, `file_` a document,
`vs_` a vector store, `vsfb_` files that were added to one together; `msg_`,
`fc_`, `rs_`, `fco_`, `mcp_` and `fs_` the items of a message."""

import re
from dataclasses import dataclass

from domain.citation import DocumentId
from domain.conversation import ConversationId, MessageId
from domain.errors import (
    ConversationNotFound,
    DocumentNotFound,
    FileBatchNotFound,
    MessageNotFound,
    RunNotFound,
    VectorStoreNotFound,
)
from domain.run import RunId
from domain.vector_store import FileBatchId, VectorStoreId

NUMBER = re.compile(r"[1-9][0-9]{0,18}")
ITEM = re.compile(
    r"(?P<kind>[a-z]{2,3})_(?P<message>[1-9][0-9]{0,18})(?:_(?P<place>[1-9][0-9]{0,5}))?(?:_a[1-9][0-9]{0,5})?"
)
LARGEST = 2**63 - 1
KINDS = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "function_call_output": "fco",
    "mcp_call": "mcp",
    "file_search_call": "fs",
}
TYPES = {prefix: kind for kind, prefix in KINDS.items()}


@dataclass(frozen=True, slots=True)
class ItemId:
    """Item number `place`, from 0, of those of its `type` in a message."""

    type: str
    message_id: MessageId
    place: int = 0

    def __str__(self) -> str:
        return item_id(self.type, str(self.message_id), self.place)


def response_id(run_id: int) -> str:
    return f"resp_{run_id}"


def conversation_id(id: int) -> str:
    return f"conv_{id}"


def file_id(id: int) -> str:
    return f"file_{id}"


def vector_store_id(id: int) -> str:
    return f"vs_{id}"


def file_batch_id(id: int) -> str:
    return f"vsfb_{id}"


def item_id(type: str, key: str, place: int = 0, attempt: int = 0) -> str:
    """`key` is the message's id; an item of an answer that was begun anew tells in which attempt it was written."""
    return f"{KINDS[type]}_{key}" + (f"_{place}" if place else "") + (f"_a{attempt}" if attempt else "")


def run_id_of(id: str) -> RunId:
    """Raise RunNotFound for what is no such name."""
    if (number := _number(id, "resp_")) is None:
        raise RunNotFound(id[:100])
    return RunId(number)


def conversation_id_of(id: str) -> ConversationId:
    """Raise ConversationNotFound for what is no such name."""
    if (number := _number(id, "conv_")) is None:
        raise ConversationNotFound(id[:100])
    return ConversationId(number)


def file_id_of(id: str) -> DocumentId:
    """Raise DocumentNotFound for what is no such name."""
    if (number := _number(id, "file_")) is None:
        raise DocumentNotFound(id[:100])
    return DocumentId(number)


def vector_store_id_of(id: str) -> VectorStoreId:
    """Raise VectorStoreNotFound for what is no such name."""
    if (number := _number(id, "vs_")) is None:
        raise VectorStoreNotFound(id[:100])
    return VectorStoreId(number)


def file_batch_id_of(id: str) -> FileBatchId:
    """Raise FileBatchNotFound for what is no such name."""
    if (number := _number(id, "vsfb_")) is None:
        raise FileBatchNotFound(id[:100])
    return FileBatchId(number)


def item_id_of(id: str) -> ItemId:
    """Raise MessageNotFound for what is no such name."""
    found = ITEM.fullmatch(id)
    if not found or found["kind"] not in TYPES or int(found["message"]) > LARGEST:
        raise MessageNotFound(id[:100])
    return ItemId(TYPES[found["kind"]], MessageId(int(found["message"])), int(found["place"] or 0))


def _number(id: str, prefix: str) -> int | None:
    digits = id.removeprefix(prefix)
    if digits == id or not NUMBER.fullmatch(digits) or int(digits) > LARGEST:
        return None
    return int(digits)
