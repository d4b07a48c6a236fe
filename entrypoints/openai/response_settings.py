"""What a response was asked for: as the model is told it, kept with its run, and told again in every answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage
from domain.errors import InvalidInput
from domain.retrieval.search_result import SEARCH_TOOL
from domain.run import RunSettings
from domain.tool import ANY_OBJECT, JsonSchema, NamedTool, ToolChoice, ToolSpec, ToolUse
from entrypoints.openai.file_search import FILE_SEARCH, WITH_RESULTS, grounding_of, search_echo
from entrypoints.openai.response_schemas import Choice, Format, FunctionTool, ResponseBody

NOTE = "response"
"""Where a run's `extra` holds what only this surface knows of the request."""
PASSED = ("user", "safety_identifier", "prompt_cache_key", "service_tier", "presence_penalty", "frequency_penalty")
"""Fields that go to a provider as they are, and are told again under the same names."""
SERVER_TOOL = "parley:tool"
"""The type of a tool that Parley runs itself: `{"type": "parley:tool", "name": "calculator"}`."""
Echo = dict[str, Any]


def settings_of(body: ResponseBody) -> RunSettings:
    """Raise InvalidInput, naming what cannot be given."""
    if body.top_logprobs:
        raise InvalidInput("top_logprobs", "responses have none here; chat completions do, where the provider does")
    tools, choice = _tools_and_choice(body)
    grounding = grounding_of(body)
    return RunSettings(
        instructions=body.instructions,
        temperature=body.temperature,
        top_p=body.top_p,
        max_tokens=body.max_output_tokens,
        tools=tools,
        server_tools=tuple(
            tool.name or SEARCH_TOOL for tool in body.tools or () if tool.type in (SERVER_TOOL, FILE_SEARCH)
        ),
        grounding=grounding,
        max_steps=None if body.max_tool_calls is None else body.max_tool_calls + 1,
        tool_choice=choice,
        parallel_tool_calls=body.parallel_tool_calls,
        json_schema=_schema_of(body.text.format) if body.text and body.text.format else None,
        model_extra=_model_extra_of(body),
        metadata=body.metadata or {},
        extra={NOTE: _note_of(body)},
    )


def request_of(settings: RunSettings, model: str, messages: tuple[PromptMessage, ...]) -> ModelRequest:
    """The same for an answer that is not stored; `messages` begin with the instructions."""
    return ModelRequest(
        model=model,
        messages=messages,
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        tools=settings.tools,
        tool_choice=settings.tool_choice,
        parallel_tool_calls=settings.parallel_tool_calls,
        json_schema=settings.json_schema,
        extra=settings.model_extra,
    )


def note_of(settings: RunSettings) -> Mapping[str, Any]:
    """What only this surface knows of the request; nothing for a run that another surface began."""
    note = settings.extra.get(NOTE)
    return note if isinstance(note, Mapping) else {}


def echo_of(settings: RunSettings) -> Echo:
    """The fields of a response that tell what was asked for, where it is not what is usual."""
    extra, note = settings.model_extra, dict(note_of(settings))
    for unsaid in ("background", "include"):
        note.pop(unsaid, None)
    given = {
        "instructions": settings.instructions,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_output_tokens": settings.max_tokens,
        "tools": [*map(_tool_echo, settings.tools), *_server_tool_echoes(settings)] or None,
        "tool_choice": _choice_echo(settings),
        "parallel_tool_calls": settings.parallel_tool_calls,
        "text": _text_echo(settings.json_schema, extra.get("verbosity")),
        "metadata": dict(settings.metadata),
        **{name: extra.get(name) for name in PASSED},
        **note,
    }
    return {name: value for name, value in given.items() if value is not None}


def _note_of(body: ResponseBody) -> Mapping[str, Any]:
    note = {
        **_allowed_of(body),
        "background": body.background or None,
        "previous_response_id": body.previous_response_id,
        "truncation": body.truncation,
        "max_tool_calls": body.max_tool_calls,
        "include": [WITH_RESULTS] if WITH_RESULTS in (body.include or ()) else None,
        "reasoning": {"effort": body.reasoning.effort, "summary": body.reasoning.summary} if body.reasoning else None,
    }
    return {name: value for name, value in note.items() if value is not None}


def _model_extra_of(body: ResponseBody) -> dict[str, Any]:
    extra = {name: getattr(body, name) for name in PASSED}
    extra["verbosity"] = body.text.verbosity if body.text else None
    extra["reasoning_effort"] = body.reasoning.effort if body.reasoning else None
    return {name: value for name, value in extra.items() if value is not None}


def _allowed_of(body: ResponseBody) -> Echo:
    """Of a choice among some of the tools: all of them, and the choice, as they were given."""
    choice = body.tool_choice
    if not isinstance(choice, Choice) or choice.type != "allowed_tools":
        return {}
    allowed = [{"type": "function", "name": tool.name} for tool in choice.tools or ()]
    given = {"type": "allowed_tools", "mode": choice.mode, "tools": allowed}
    tools = [_tool_echo(_tool_of(tool)) for tool in body.tools or () if tool.type == "function"]
    return {"tools": tools, "tool_choice": given}


def _tools_and_choice(body: ResponseBody) -> tuple[tuple[ToolSpec, ...], ToolChoice | None]:
    """A choice among some tools leaves the others out, so that the model cannot call them."""
    tools = tuple(_tool_of(tool) for tool in body.tools or () if tool.type == "function")
    choice = body.tool_choice
    if not isinstance(choice, Choice):
        return tools, ToolUse(choice) if choice else None
    if choice.type == FILE_SEARCH:
        if not any(tool.type == FILE_SEARCH for tool in body.tools or ()):
            raise InvalidInput("tool_choice", "`file_search` is not among the tools")
        return tools, NamedTool(SEARCH_TOOL)
    if choice.type == "function":
        _known(tools, choice.name)
        return tools, NamedTool(choice.name or "")
    allowed = {tool.name for tool in choice.tools or ()}
    for name in allowed:
        _known(tools, name)
    return tuple(tool for tool in tools if tool.name in allowed), ToolUse(choice.mode)


def _known(tools: tuple[ToolSpec, ...], name: str | None) -> None:
    if name not in {tool.name for tool in tools}:
        raise InvalidInput("tool_choice", f"{name!r} is not among the tools")


def _tool_of(tool: FunctionTool) -> ToolSpec:
    return ToolSpec(tool.name or "", tool.description or "", tool.parameters, tool.strict)


def _schema_of(format: Format) -> JsonSchema | None:
    if format.type == "text":
        return None
    return JsonSchema(format.name or "", format.schema_, format.strict) if format.name else ANY_OBJECT


def _tool_echo(tool: ToolSpec) -> Echo:
    return {
        "type": "function", "name": tool.name, "description": tool.description or None,
        "parameters": tool.parameters, "strict": tool.strict,
    }  # fmt: skip


def _server_tool_echoes(settings: RunSettings) -> Iterable[Echo]:
    for name in settings.server_tools:
        if name == SEARCH_TOOL and settings.grounding and settings.grounding.stores:
            yield search_echo(settings.grounding)
        else:
            yield {"type": SERVER_TOOL, "name": name}


def _choice_echo(settings: RunSettings) -> str | Echo | None:
    choice = settings.tool_choice
    if not isinstance(choice, NamedTool):
        return choice.value if choice else None
    if choice.name == SEARCH_TOOL and settings.grounding and settings.grounding.stores:
        return {"type": FILE_SEARCH}
    return {"type": "function", "name": choice.name}


def _text_echo(schema: JsonSchema | None, verbosity: str | None) -> Echo | None:
    format: Echo = {"type": "text"}
    if schema is not None:
        asked = {"type": "json_schema", "name": schema.name, "schema": schema.schema}
        more = {"strict": bool(schema.strict), "description": None}
        format = {"type": "json_object"} if schema == ANY_OBJECT else {**asked, **more}
    return {"format": format, **({"verbosity": verbosity} if verbosity else {})}
