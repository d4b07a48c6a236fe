"""A well-behaved MCP server; `python -m tests.support.mcp.good_server` serves it on standard input and output."""

import anyio
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult, ToolAnnotations

from adapters.mcp.calling import KEY

PIXEL = b"\x89PNG not really"


def good_server() -> MCPServer:
    server = MCPServer("good", version="1", log_level="CRITICAL", instructions="Be kind.")
    entered, left = anyio.Event(), anyio.Event()

    @server.tool(annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True))
    async def echo(text: str) -> str:
        """Say it again."""
        return text

    @server.tool()
    async def fail(reason: str) -> str:
        """Fail, and say why."""
        raise ValueError(reason)

    @server.tool()
    async def key_of(context: Context) -> str:
        """The key of this call."""
        meta = context.request_context.meta or {}
        return str(meta.get(KEY))

    @server.tool()
    async def wait() -> str:
        """Never answer; `waiting` tells when this was called, `waited` when it was given up."""
        entered.set()
        try:
            await anyio.sleep_forever()
        finally:
            left.set()
        return "never"

    @server.tool()
    async def waiting() -> str:
        """Answer when `wait` was called."""
        await entered.wait()
        return "it is under way"

    @server.tool()
    async def waited() -> str:
        """Answer when `wait` has ended."""
        await left.wait()
        return "it was given up"

    @server.tool(structured_output=False)
    async def picture() -> list[str | Image]:
        """A picture with a caption."""
        return ["A caption", Image(data=PIXEL, format="png")]

    @server.tool()
    async def weather(city: str) -> dict[str, str | float]:
        """Structured content."""
        return {"city": city, "temp": 21.5}

    @server.tool()
    async def ask() -> str | InputRequiredResult:
        """Want an answer from a person first, each time."""
        form = ElicitRequestFormParams(message="Who?", requested_schema={"type": "object", "properties": {}})
        return InputRequiredResult(input_requests={"who": ElicitRequest(params=form)}, request_state="asked")

    @server.tool()
    async def grow(name: str, context: Context) -> str:
        """Have one tool more, and say so."""

        async def grown() -> str:
            return name

        server.add_tool(grown, name=name, description=f"Says {name}.")
        await context.notify_tools_changed()
        await context.session.send_tool_list_changed()
        return "grown"

    return server


if __name__ == "__main__":
    good_server().run("stdio")
