"""The tools of one server, under the names that they have here."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import mcp_types
from mcp.client import Client

from adapters.mcp.config import ServerConfig
from adapters.mcp.names import public_name
from adapters.mcp.results import cut
from adapters.mcp.schemas import UnfitSchema, harmless
from domain.tool import Tool, ToolSpec

MOST_TOOLS, MOST_PAGES, MOST_DESCRIPTION = 200, 50, 4000
USUAL_SECONDS, LEAST_SECONDS, MOST_SECONDS = 300.0, 10.0, 3600.0
"""How long a listing is good for: when the server says nothing of it, at least, and at most."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """`name` is what the server itself calls it."""

    name: str
    tool: Tool


@dataclass(frozen=True, slots=True)
class Listing:
    """By the names that they have here."""

    tools: dict[str, Listed]
    good_for_seconds: float = USUAL_SECONDS


NOTHING = Listing({})


async def list_tools(client: Client, server: str, config: ServerConfig) -> Listing:
    """All pages. Raise what the SDK raises; a server that knows nothing of tools has none."""
    found: list[mcp_types.Tool] = []
    good_for, cursor = USUAL_SECONDS, None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        if "ttl_ms" in page.model_fields_set:
            good_for = min(max(page.ttl_ms / 1000, LEAST_SECONDS), MOST_SECONDS)
        cursor = page.next_cursor
        if cursor is None or len(found) > MOST_TOOLS:
            break
    return Listing(_named(found, server, config), good_for)


def _named(found: Iterable[mcp_types.Tool], server: str, config: ServerConfig) -> dict[str, Listed]:
    """Of two that the server calls the same, the first."""
    named: dict[str, Listed] = {}
    for theirs in found:
        if config.tools is not None and theirs.name not in config.tools:
            continue
        if len(named) == MOST_TOOLS:
            log.warning("the MCP server %s has more than %d tools; the rest is left out", server, MOST_TOOLS)
            break
        try:
            tool = _ours(theirs, server, config)
        except UnfitSchema as error:
            log.warning("the tool %.100r of the MCP server %s is left out: %s", theirs.name, server, error)
            continue
        named.setdefault(tool.name, Listed(theirs.name, tool))
    return named


def _ours(theirs: mcp_types.Tool, server: str, config: ServerConfig) -> Tool:
    """What a server says of itself is believed only where it is told to be trusted."""
    if theirs.execution is not None and theirs.execution.task_support == "required":
        raise UnfitSchema("it can only be called as a task")
    hints = theirs.annotations if config.trust_annotations else None
    description = cut(theirs.description or theirs.title or "", MOST_DESCRIPTION)
    return Tool(
        spec=ToolSpec(public_name(server, theirs.name), description, harmless(theirs.input_schema)),
        timeout_seconds=config.timeout_seconds,
        is_idempotent=bool(hints and (hints.idempotent_hint or hints.read_only_hint)),
        approval=config.approval,
    )
