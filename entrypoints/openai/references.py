"""Items that a request names by their ids instead of sending them."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from domain.access import Principal
from domain.conversation import Message, MessageId, Part, PromptMessage, Role, ToolCall, ToolResult
from domain.errors import MessageNotFound, naming
from entrypoints.container import Container as Services
from entrypoints.openai.encoders.items import TYPE_OF, kind_of_call
from entrypoints.openai.given_files import items_with_texts
from entrypoints.openai.ids import ItemId, item_id_of
from entrypoints.openai.item_schemas import ItemIn
from entrypoints.openai.items import prompt_messages

REFERENCE = "item_reference"


def has_references(given: str | Sequence[ItemIn]) -> bool:
    return not isinstance(given, str) and any(item.type == REFERENCE for item in given)


async def given_messages(
    services: Services,
    caller: Principal,
    given: str | Sequence[ItemIn],
    field: str = "input",
    *,
    earlier: Iterable[Message | PromptMessage] = (),
) -> tuple[PromptMessage, ...]:
    """What is given, with what it refers to: items of any conversation of the caller.

    What is among the `earlier` messages goes before it anyway, and is not said twice. Raise InvalidInput, and
    MessageNotFound for what is nobody's, somebody else's or no item yet.
    """
    if not isinstance(given, str):
        given = await items_with_texts(services, caller, given, field)
    if isinstance(given, str) or not has_references(given):
        return prompt_messages(given, field)
    names = {place: item.id or "" for place, item in enumerate(given) if item.type == REFERENCE}
    said = {message.id for message in earlier if isinstance(message, Message)}
    found = await services.find_messages()(caller, list(_ids_in(names.values())))
    referred: dict[int, PromptMessage] = {}
    for place, name in names.items():
        with naming(f"{field}[{place}].id"):
            referred[place] = _item(item_id_of(name), found, said)
    return prompt_messages(given, field, referred=referred)


def _ids_in(names: Iterable[str]) -> Iterable[MessageId]:
    for name in names:
        try:
            yield item_id_of(name).message_id
        except MessageNotFound:
            continue  # it is named when its place is known


def _item(id: ItemId, found: Mapping[MessageId, Message], said: Container[MessageId]) -> PromptMessage:
    """What the item says, or nothing when that is said anyway. Raise MessageNotFound."""
    message = found.get(id.message_id)
    if message is None:
        raise MessageNotFound(str(id))
    alike = [parts for kind, parts in _items_in(message) if kind == id.type]
    if id.place >= len(alike):
        raise MessageNotFound(str(id))
    return PromptMessage(message.role, () if message.id in said else alike[id.place])


def _items_in(message: Message) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """The types of the items that the message is, and what of it each of them is."""
    if message.role in (Role.USER, Role.SYSTEM):
        yield "message", message.parts
    elif message.role is Role.TOOL:
        yield from (("function_call_output", (part,)) for part in message.parts)
    else:
        results = {part.call_id: part for part in message.parts if isinstance(part, ToolResult)}
        for part in message.parts:
            if isinstance(part, ToolCall) and part.id in results:
                yield kind_of_call(part, results[part.id]), (part, results[part.id])
            elif type(part) in TYPE_OF:
                yield TYPE_OF[type(part)], (part,)
