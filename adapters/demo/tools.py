"""What the demo model does with tools: it calls those that it is told to call or whose name the question mentions, and
reads out what came of it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from adapters.demo.instance import instance_of
from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage, Role, ToolCall, ToolResult
from domain.retrieval.search_result import SEARCH_TOOL
from domain.tool import NamedTool, ToolSpec, ToolUse

ORDER = re.compile(r"\bcall ([\w-](?:[\w.-]{0,62}[\w-])?)(?: with (?=\{))?", re.IGNORECASE)
"""`call NAME with {"some": "arguments"}`, as often as wanted; without arguments, the smallest that fit are made up."""
WORD = re.compile(r"[^\W_]{4,}")
TOLD_CHARACTERS = 2000
_json = json.JSONDecoder()


def calls_for(request: ModelRequest, question: str) -> tuple[ToolCall, ...]:
    """The calls that the question orders or hints at, and the request allows.

    Raises ProviderRejectedRequest as `instance_of`.
    """
    choice, tools = request.tool_choice, {tool.name: tool for tool in request.tools}
    if choice is ToolUse.NONE or not tools:
        return ()
    if isinstance(choice, NamedTool):
        tools = {name: tool for name, tool in tools.items() if name == choice.name}
    ordered = [(tools[name], arguments) for name, arguments in _orders(question) if name in tools]
    if not ordered:
        wanted = _hinted(question, tools) if choice in (None, ToolUse.AUTO) else list(tools.values())
        ordered = [(tool, None) for tool in wanted[:1]]
    if request.parallel_tool_calls is False:
        ordered = ordered[:1]
    before = sum(isinstance(part, ToolCall) for message in request.messages for part in message.parts)
    return tuple(
        ToolCall(f"call_{number}", tool.name, _arguments(tool, question) if arguments is None else arguments)
        for number, (tool, arguments) in enumerate(ordered, before + 1)
    )


def results_in(messages: Sequence[PromptMessage]) -> list[ToolResult]:
    """What came of the last calls, when nothing was said after that."""
    results: list[ToolResult] = []
    for message in reversed(messages):
        if message.role is not Role.TOOL:
            break
        results = [*(part for part in message.parts if isinstance(part, ToolResult)), *results]
    return results


def told(results: Sequence[ToolResult]) -> str:
    said = "\n".join(f"> {' '.join(result.content.split())[:TOLD_CHARACTERS]}" for result in results)
    return f"The tool{'s' if len(results) > 1 else ''} said:\n\n{said}"


def _orders(question: str) -> Iterator[tuple[str, str | None]]:
    for order in ORDER.finditer(question):
        arguments = None
        if question[order.end() :].startswith("{"):
            try:
                _, end = _json.raw_decode(question, order.end())
            except (ValueError, RecursionError):
                continue  # the words were not meant as an order
            arguments = question[order.end() : end]
        yield order[1], arguments


def _hinted(question: str, tools: Mapping[str, ToolSpec]) -> list[ToolSpec]:
    """`get_weather` for "What's the weather like in Bern?"."""
    if "?" not in question:
        return []
    words = set(WORD.findall(question.casefold()))
    return [tool for name, tool in tools.items() if words & set(WORD.findall(name.casefold()))]


def _arguments(tool: ToolSpec, question: str) -> str:
    if tool.name == SEARCH_TOOL:
        return json.dumps({"query": question}, ensure_ascii=False)
    return json.dumps(instance_of(tool.parameters or {"type": "object"}, question), ensure_ascii=False)
