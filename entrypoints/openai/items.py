"""Items as a model is shown them."""

from collections.abc import Iterable, Mapping, Sequence

from domain.conversation import Image, Part, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult
from domain.errors import InvalidInput
from entrypoints.openai.item_schemas import ItemIn, PartIn
from entrypoints.openai.summaries import unpacked

ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM, "developer": Role.SYSTEM}


def prompt_messages(
    given: str | Sequence[ItemIn], field: str = "input", *, referred: Mapping[int, PromptMessage] | None = None
) -> tuple[PromptMessage, ...]:
    """A text is the user's. What an assistant thought, said and called in a row is one message.

    `referred` says for the place of each item that is a reference what it stands for, which may be nothing.

    Raise InvalidInput, naming the item that cannot be taken.
    """
    if isinstance(given, str):
        return (PromptMessage(Role.USER, (Text(given),)),)
    messages: list[PromptMessage] = []
    for i, item in enumerate(given):
        message = referred[i] if referred and i in referred else _message(item, f"{field}[{i}]")
        if message.role is Role.ASSISTANT and messages and messages[-1].role is Role.ASSISTANT:
            message = PromptMessage(Role.ASSISTANT, (*messages.pop().parts, *message.parts))
        if message.parts:
            messages.append(message)
    return tuple(messages)


def _message(item: ItemIn, field: str) -> PromptMessage:
    match item.type:
        case "function_call":
            call = ToolCall(item.call_id or "", item.name or "", item.arguments or "")
            return PromptMessage(Role.ASSISTANT, (call,))
        case "function_call_output":
            said = _only_text(item.output or "", f"{field}.output")
            return PromptMessage(Role.TOOL, (ToolResult(item.call_id or "", said),))
        case "mcp_call":
            return PromptMessage(Role.ASSISTANT, tuple(_run_here(item, field)))
        case "file_search_call":
            return PromptMessage(Role.ASSISTANT, ())  # what it found is in the answer; it can be searched for again
        case "parley:approval_request":
            return PromptMessage(Role.ASSISTANT, ())  # was for a person; what came of it is in the call
        case "reasoning":
            return PromptMessage(Role.ASSISTANT, tuple(_thoughts(item)))
        case "compaction":
            return unpacked(item.encrypted_content or "", f"{field}.encrypted_content")
        case "item_reference":
            raise InvalidInput(field, "nothing is looked up here: send the item itself")
    return PromptMessage(ROLES[item.role or "user"], tuple(_content(item, f"{field}.content")))


def _content(item: ItemIn, field: str) -> Iterable[Part]:
    phase = item.phase if item.role == "assistant" else None
    if isinstance(item.content, str):
        yield Text(item.content, phase=phase)
        return
    for i, part in enumerate(item.content or ()):
        place = f"{field}[{i}]"
        if part.type == "input_file":
            raise InvalidInput(place, "files come from the user only")
        if part.type != "input_image":
            yield Text(_words(part), phase=phase)
        elif item.role == "user":
            yield Image(part.image_url or "", part.detail)
        else:
            raise InvalidInput(place, "pictures come from the user only")


def _run_here(item: ItemIn, field: str) -> Iterable[Part]:
    """A call that the server carried out, with what came of it if it came to its end."""
    id = item.id or ""
    yield ToolCall(id, item.name or "", item.arguments or "")
    if item.output is not None:
        yield ToolResult(id, _only_text(item.output, f"{field}.output"))


def _only_text(output: str | list[PartIn], field: str) -> str:
    if isinstance(output, str):
        return output
    for i, part in enumerate(output):
        if part.type in ("input_image", "input_file"):
            raise InvalidInput(f"{field}[{i}]", "what comes of a call is text here, not a picture or a file")
    return "".join(map(_words, output))


def _thoughts(item: ItemIn) -> Iterable[Reasoning]:
    """What was written out, or else its summary; what is encrypted only its maker could read."""
    pieces = item.content if isinstance(item.content, list) and item.content else item.summary or ()
    if text := "".join(map(_words, pieces)):
        yield Reasoning(text)


def _words(part: PartIn) -> str:
    return part.text if part.text is not None else part.refusal or ""
