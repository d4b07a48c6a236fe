"""A call of a tool over a connection, in words of our own whatever comes of it."""

from collections.abc import Mapping
from typing import Any, cast

import anyio
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_REQUEST,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    RequestParamsMeta,
)
from pydantic import TypeAdapter, ValidationError

from adapters.mcp.results import cut, text_of
from application.ports.tools import ToolFailed

KEY = "parley/idempotency-key"
"""Where a server finds the key of the call, in `_meta`."""
SESSION_GONE = "Session terminated"
"""What the SDK says of a bare 404 to a session that there was."""
MOST_CHARACTERS = 1000
CLOSED = "Connection closed"
UNKNOWN = "whether it was carried out is not known"
_Answer: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(CallToolResult | InputRequiredResult)


class NotTaken(ToolFailed):
    """The server has surely not begun the call, so it may be made again over another connection."""


class ConnectionLost(ToolFailed):
    """Nothing more comes over this connection."""


async def call_tool(client: Client, name: str, arguments: Mapping[str, Any], key: str, *, seconds: float) -> str:
    """Raise ToolFailed; its cause is an MCPError where the server, or the way to it, may be at fault.

    The answer is not checked against the schema that the tool gave for it: its expressions are a stranger's, and run
    for as long as they like. When cancelled, the server is told.
    """
    meta = cast(RequestParamsMeta, {KEY: key})
    request = CallToolRequest(params=CallToolRequestParams(name=name, arguments=dict(arguments), _meta=meta))
    try:
        answer = await client.session.send_request(request, _Answer, request_read_timeout_seconds=seconds)
    except MCPError as error:
        if error.code == INVALID_REQUEST and error.message == SESSION_GONE:
            raise NotTaken("The tool server has forgotten this connection; call again") from error
        if error.message == CLOSED:
            raise ConnectionLost(f"The tool server went away during the call; {UNKNOWN}") from error
        raise ToolFailed(_told(error, seconds)) from error
    except (anyio.ClosedResourceError, anyio.BrokenResourceError, RuntimeError) as error:
        raise ConnectionLost(f"The connection to the tool server broke; {UNKNOWN}") from error
    except ValidationError as error:
        raise ToolFailed("The tool server gave an answer that cannot be read") from error
    except ValueError as error:
        raise ToolFailed("The arguments cannot be sent: they are nested too deeply") from error
    if isinstance(answer, InputRequiredResult):
        raise ToolFailed("The tool wants to ask a person something while it runs, which is not possible here")
    return text_of(answer)


def _told(error: MCPError, seconds: float) -> str:
    """By the SDK's own words, as servers use its codes too."""
    if error.message.startswith("SSE stream "):
        return f"The tool server went away during the call; {UNKNOWN}"
    if error.code == REQUEST_TIMEOUT and error.message.endswith("timed out"):
        return f"The tool server did not answer within {seconds:g} seconds; {UNKNOWN}"
    if error.message.startswith("Failed to parse"):
        return "The tool server gave an answer that is too long or cannot be read"
    return f"The tool server refused the call: {cut(error.message, MOST_CHARACTERS)}"
