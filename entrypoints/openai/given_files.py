"""Files within a question: by the id of what was uploaded, or as they are. The model is shown what they say."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from domain.access import Principal
from domain.errors import InvalidInput, naming
from entrypoints.container import Container
from entrypoints.openai.chat_schemas import ChatCompletionBody, ContentPart
from entrypoints.openai.ids import file_id_of
from entrypoints.openai.item_schemas import ItemIn

MOST_FILES = 10
"""In one request."""


async def items_with_texts(
    services: Container, caller: Principal, given: Sequence[ItemIn], field: str
) -> Sequence[ItemIn]:
    """Each part `input_file` of what a user says becomes a text. Raise InvalidInput or DocumentNotFound."""
    places = [
        (i, j)
        for i, item in enumerate(given)
        if item.role == "user" and isinstance(item.content, list)
        for j, part in enumerate(item.content)
        if part.type == "input_file"
    ]
    if not places:
        return given
    _check_number(places, field)
    parts = [list(item.content) if isinstance(item.content, list) else item.content for item in given]
    said = [each.text or "" for part in parts if isinstance(part, list) for each in part]
    question = " ".join([*said, *(part for part in parts if isinstance(part, str))]).strip()
    for i, j in places:
        inside = parts[i]
        if isinstance(inside, list):
            text = await _shown(services, caller, inside[j].model_dump(), question, f"{field}[{i}].content[{j}]")
            inside[j] = inside[j].model_copy(update={"type": "input_text", "text": text})
    return [item.model_copy(update={"content": content}) for item, content in zip(given, parts, strict=True)]


async def chat_with_texts(
    services: Container, caller: Principal, body: ChatCompletionBody, document: dict[str, Any] | None = None
) -> None:
    """Each part `file` of a message becomes a text, in the body and in the `document` that it was read from.

    Raise InvalidInput or DocumentNotFound.
    """
    lists = [(i, message.content) for i, message in enumerate(body.messages) if isinstance(message.content, list)]
    places = [(i, j, parts) for i, parts in lists for j, part in enumerate(parts) if part.type == "file"]
    if not places:
        return
    _check_number(places, "messages")
    question = " ".join(part.text for _, parts in lists for part in parts if part.text)
    for i, j, parts in places:
        place = f"messages[{i}].content[{j}]"
        file = (parts[j].model_extra or {}).get("file")
        if not isinstance(file, Mapping):
            raise InvalidInput(place, "a part of type file needs `file`")
        text = await _shown(services, caller, file, question, f"{place}.file")
        parts[j] = ContentPart(type="text", text=text)
        if document is not None:
            document["messages"][i]["content"][j] = {"type": "text", "text": text}


def _check_number(places: Sequence[object], field: str) -> None:
    if len(places) > MOST_FILES:
        raise InvalidInput(field, f"must have at most {MOST_FILES} files")


async def _shown(services: Container, caller: Principal, file: Mapping[str, Any], question: str, field: str) -> str:
    id, data, name = file.get("file_id"), file.get("file_data"), file.get("filename")
    if not isinstance(id if data is None else data, str) or (id is not None and data is not None):
        raise InvalidInput(field, "a file needs `file_id` or `file_data`, not both: no address is opened here")
    if isinstance(id, str):
        with naming(f"{field}.file_id"):
            return await services.knowledge().show_document(caller, file_id_of(id), question)
    content = _bytes_of(str(data), f"{field}.file_data")
    return await services.ingestion().show_bytes(content, name if isinstance(name, str) else "")


def _bytes_of(data: str, field: str) -> bytes:
    """`data:application/pdf;base64,...`, or what stands behind the comma alone."""
    head, comma, rest = data.partition(",") if data.startswith("data:") else ("", "", data)
    if comma and not head.endswith(";base64"):
        raise InvalidInput(field, "must be base64")
    try:
        return base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(field, "must be base64") from error
