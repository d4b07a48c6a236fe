"""A chat completion for a model that knows nothing of OpenAI's words."""

from collections.abc import Iterable
from typing import Any

from application.ports.language_model import ModelRequest
from domain.conversation import Image, Part, PromptMessage, Role, Text, ToolCall, ToolResult
from domain.errors import InvalidInput
from domain.tool import ANY_OBJECT, JsonSchema, NamedTool, ToolChoice, ToolSpec, ToolUse
from entrypoints.openai.chat_schemas import ChatCompletionBody, ChatMessage, ContentPart, ResponseFormat, ToolIn

ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


def model_request(body: ChatCompletionBody) -> ModelRequest:
    """Raise InvalidInput, naming what this model cannot do and leaving it out would change the answer."""
    for name, wanted in (("n", (body.n or 1) > 1), ("logprobs", bool(body.logprobs))):
        if wanted:
            raise InvalidInput(name, f"the model {body.model!r} cannot give this")
    stop = body.stop or ()
    return ModelRequest(
        model=body.model,
        messages=tuple(_message(message, f"messages[{i}]") for i, message in enumerate(body.messages)),
        temperature=body.temperature,
        top_p=body.top_p,
        max_tokens=body.max_completion_tokens or body.max_tokens,
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        seed=body.seed,
        json_schema=_schema(body.response_format),
        tools=tuple(_tool(tool, f"tools[{i}]") for i, tool in enumerate(body.tools or ())),
        tool_choice=_choice(body.tool_choice),
        parallel_tool_calls=body.parallel_tool_calls,
        extra=body.model_extra or {},
    )


def _message(message: ChatMessage, field: str) -> PromptMessage:
    if message.role not in ROLES:
        raise InvalidInput(f"{field}.role", f"a message of role {message.role} is not understood by this model")
    role = ROLES[message.role]
    parts = _parts(message, field)
    if role is Role.TOOL:
        result = "".join(part.text for part in parts if isinstance(part, Text))
        return PromptMessage(role, (ToolResult(message.tool_call_id or "", result),))
    return PromptMessage(role, (*parts, *_calls(message, field)))


def _parts(message: ChatMessage, field: str) -> tuple[Part, ...]:
    if isinstance(message.content, str):
        return (Text(message.content),)
    return tuple(_part(part, f"{field}.content[{i}]") for i, part in enumerate(message.content or ()))


def _part(part: ContentPart, field: str) -> Part:
    more = part.model_extra or {}
    if part.type == "text":
        return Text(part.text or "")
    if part.type == "image_url":
        link = more["image_url"]
        return Image(link["url"], link.get("detail")) if isinstance(link, dict) else Image(link)
    if part.type == "refusal" and isinstance(more.get("refusal"), str):
        return Text(more["refusal"])
    raise InvalidInput(field, f"this model takes text and pictures, not {part.type[:40]!r}")


def _calls(message: ChatMessage, field: str) -> Iterable[ToolCall]:
    for i, call in enumerate(message.tool_calls or ()):
        if call.function is None:
            raise InvalidInput(f"{field}.tool_calls[{i}]", "this model knows calls of functions only")
        yield ToolCall(call.id, call.function.name, call.function.arguments)


def _tool(tool: ToolIn, field: str) -> ToolSpec:
    spec = tool.function
    if spec is None:
        raise InvalidInput(field, "this model takes tools of type function only")
    return ToolSpec(spec.name, spec.description or "", spec.parameters, spec.strict)


def _choice(choice: str | dict[str, Any] | None) -> ToolChoice | None:
    if choice is None or isinstance(choice, str):
        return ToolUse(choice) if choice else None
    function = choice.get("function")
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str):
        raise InvalidInput("tool_choice", 'this model takes "none", "auto", "required" or the name of a function')
    return NamedTool(name)


def _schema(format: ResponseFormat | None) -> JsonSchema | None:
    if format is None or format.type == "text":
        return None
    if format.json_schema is None:
        return ANY_OBJECT
    return JsonSchema(format.json_schema.name, format.json_schema.schema_, format.json_schema.strict)
