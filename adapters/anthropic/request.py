"""A request as the Messages API spells it, and what is conceded when a model will not take it so."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.anthropic.messages import Block, has_thoughts, names_called, system_of, turns_of
from adapters.anthropic.schema import enforceable
from application.ports.language_model import ModelRequest
from domain.shape import instructions_for
from domain.tool import NamedTool, ToolChoice, ToolSpec, ToolUse

PASSED = ("thinking", "top_k", "cache_control")
"""What the vendor understands of a request's extra fields; it refuses those that it does not know."""
TIERS = ("auto", "standard_only")
CHOICES = {ToolUse.AUTO: "auto", ToolUse.NONE: "none", ToolUse.REQUIRED: "any"}
EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max"}
BUDGETS = {"low": 2_048, "medium": 8_192, "high": 16_384, "xhigh": 32_768, "max": 32_768}
LEAST_BUDGET = 1_024

Body = dict[str, Any]


def body_of(request: ModelRequest, *, most_tokens: int, without: frozenset[str] = frozenset()) -> Body:
    """The request, always streamed. `most_tokens` is for those that set no limit; `without` names concessions."""
    body: Body = {
        "model": request.model,
        "max_tokens": request.max_tokens or most_tokens,
        "messages": turns_of(request.messages, thoughts="thoughts" not in without),
        "stream": True,
    }
    shape, wish = _shape(request, without), _wish(request) if "forced" in without else ""
    optional = {
        "system": "\n\n".join(filter(None, (system_of(request.messages), shape.pop("system", ""), wish))),
        "stop_sequences": [stop for stop in request.stop if stop.strip()],
        "temperature": _temperature(request) if "temperature" not in without else None,
        "top_p": request.top_p if "top_p" not in without else None,
        **{name: request.extra.get(name) for name in PASSED},
        "service_tier": tier if (tier := request.extra.get("service_tier")) in TIERS else None,
        **_tools(request, without),
    }
    body |= {name: value for name, value in optional.items() if value not in (None, "", [])}
    _think(body, request, without)
    if config := {**_given(request.extra, "output_config"), **shape, **body.pop("output_config", {})}:
        body["output_config"] = config
    if isinstance(user := request.extra.get("user"), str):
        body["metadata"] = {"user_id": user}
    return body


def _shape(request: ModelRequest, without: frozenset[str]) -> Body:
    """A schema that can be enforced is; of another the model is told."""
    asked = request.json_schema
    if asked is None:
        return {}
    schema = enforceable(asked) if "format" not in without else None
    if schema is None:
        return {"system": instructions_for(asked)}
    return {"format": {"type": "json_schema", "schema": schema}}


def _temperature(request: ModelRequest) -> float | None:
    """From 0 to 1 here, to 2 elsewhere."""
    return None if request.temperature is None else min(request.temperature, 1.0)


def _think(body: Body, request: ModelRequest, without: frozenset[str]) -> None:
    """An effort that was asked for in general terms, in the newer way or, conceded that, by a budget of tokens."""
    effort = request.extra.get("reasoning_effort")
    if "thinking" in without:
        body.pop("thinking", None)
    elif effort == "none":
        body.setdefault("thinking", {"type": "disabled"})
    elif effort in EFFORTS and "thinking" not in body:
        if "adaptive" not in without:
            body["thinking"] = {"type": "adaptive", "display": "summarized"}
            body["output_config"] = {"effort": EFFORTS[effort]}
        elif (budget := min(BUDGETS[EFFORTS[effort]], body["max_tokens"] // 2)) >= LEAST_BUDGET:
            body["thinking"] = {"type": "enabled", "budget_tokens": budget}


def must_call(request: ModelRequest) -> bool:
    """Some tool, or this one, has to be called."""
    return isinstance(request.tool_choice, NamedTool) or request.tool_choice is ToolUse.REQUIRED


def _wish(request: ModelRequest) -> str:
    """What takes the place of force."""
    if not must_call(request):
        return ""
    name = f"the tool {request.tool_choice.name}" if isinstance(request.tool_choice, NamedTool) else "one of the tools"
    return f"Answer by calling {name}, and not in words."


def _tools(request: ModelRequest, without: frozenset[str]) -> Body:
    """Calls in the conversation need their tools to be told of, also when none may be called any more."""
    if not request.tools:
        named = [{"name": name, "input_schema": {"type": "object"}} for name in names_called(request.messages)]
        return {"tools": named, "tool_choice": {"type": "none"}} if named else {}
    wanted = None if "forced" in without and must_call(request) else request.tool_choice
    choice = _choice(wanted or ToolUse.AUTO)
    if request.parallel_tool_calls is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    is_usual = wanted is None and len(choice) == 1
    return {"tools": [_tool_of(tool) for tool in request.tools], "tool_choice": None if is_usual else choice}


def _tool_of(tool: ToolSpec) -> Block:
    known = {"description": tool.description or None, "strict": tool.strict or None}
    schema = {"type": "object", **(tool.parameters or {"properties": {}})}
    return {"name": tool.name, "input_schema": schema} | {k: v for k, v in known.items() if v is not None}


def _choice(choice: ToolChoice) -> Block:
    return {"type": "tool", "name": choice.name} if isinstance(choice, NamedTool) else {"type": CHOICES[choice]}


def _given(extra: Mapping[str, Any], name: str) -> Body:
    value = extra.get(name)
    return dict(value) if isinstance(value, Mapping) else {}


def _kind_of_thinking(body: Body) -> str:
    thinking = body.get("thinking")
    return str(thinking.get("type")) if isinstance(thinking, Mapping) else ""


CONCESSIONS: tuple[tuple[str, frozenset[str], Callable[[Body], bool]], ...] = (
    ("thoughts", frozenset({"signature"}), lambda body: has_thoughts(body["messages"])),
    ("adaptive", frozenset({"adaptive", "effort"}), lambda body: _kind_of_thinking(body) == "adaptive"),
    ("thinking", frozenset({"thinking"}), lambda body: _kind_of_thinking(body) in ("adaptive", "enabled")),
    ("thoughts", frozenset({"thinking"}), lambda body: has_thoughts(body["messages"])),
    ("forced", frozenset({"tool_choice"}), lambda body: body.get("tool_choice", {}).get("type") in ("any", "tool")),
    ("top_p", frozenset({"top_p"}), lambda body: "top_p" in body),
    ("temperature", frozenset({"temperature"}), lambda body: "temperature" in body),
    ("format", frozenset({"output_config", "schema"}), lambda body: "format" in body.get("output_config", {})),
)
"""What may be given up, the words of a refusal that ask for it, and whether there is anything to give up."""
LASTING = frozenset({"adaptive", "top_p", "temperature", "forced"})
"""What a model that does not take it once never takes."""


def conceded(body: Body, complaints: frozenset[str]) -> str | None:
    """The first concession that answers the complaints; None when there is none."""
    return next((name for name, words, there in CONCESSIONS if words & complaints and there(body)), None)
