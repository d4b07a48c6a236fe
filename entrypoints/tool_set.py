"""The tools that the settings ask for."""

import os

from adapters.mcp.config import McpFileBroken, read_servers
from adapters.mcp.tools import McpTools
from adapters.tools.built_in import built_in_tools
from adapters.tools.function_tool import FunctionTools
from adapters.tools.tools_file import ToolsFileBroken, load_tools
from application.ports.clock import Now
from application.ports.tools import ToolProvider
from application.tools.toolbox import Toolbox
from domain.retrieval.search_result import SEARCH_TOOL
from domain.tool import ApprovalRule
from entrypoints.provider_set import CannotStart, Closing
from entrypoints.settings import Settings


def mcp_tools(settings: Settings, to_close: list[Closing]) -> McpTools | None:
    """The MCP servers that the operator names, if any; none is connected yet. Raise CannotStart."""
    if settings.mcp_file is None:
        return None
    try:
        tools = McpTools(read_servers(settings.mcp_file, os.environ))
    except McpFileBroken as error:
        raise CannotStart(f"PARLEY_MCP_FILE: {error}") from error
    to_close.append(tools.aclose)
    return tools


def tool_sources(
    settings: Settings, now: Now, mcp: McpTools | None, documents: ToolProvider
) -> dict[str, ToolProvider]:
    """By name; where two tools are called the same, the operator's own come first. Raise CannotStart."""
    try:
        own = load_tools(settings.tools_file) if settings.tools_file else ()
        built_in = built_in_tools(
            [name for name in settings.tools if name != SEARCH_TOOL],
            now=now,
            weather_url=settings.weather_url,
            geocoding_url=settings.geocoding_url,
        )
    except ToolsFileBroken as error:
        raise CannotStart(f"PARLEY_TOOLS_FILE: {error}") from error
    except ValueError as error:
        raise CannotStart(f"PARLEY_TOOLS: {error}") from error
    sources: dict[str, ToolProvider] = {
        "the tools file": FunctionTools(own),
        "the built-in tools": FunctionTools(built_in),
    }
    if SEARCH_TOOL in settings.tools:
        sources["the documents"] = documents
    return {**sources, "the MCP servers": mcp} if mcp else sources


def open_toolbox(settings: Settings, sources: dict[str, ToolProvider]) -> Toolbox:
    return Toolbox(sources, approvals={name: ApprovalRule(rule) for name, rule in settings.tool_approvals.items()})
