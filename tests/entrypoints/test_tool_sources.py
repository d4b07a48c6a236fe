"""Tools from all sources, as an operator sets them up: by settings, a Python file and a file of MCP servers."""

import json
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.tool import ApprovalRule
from entrypoints.container import CannotStart, Container, close
from entrypoints.doctor import report
from entrypoints.settings import BUILT_IN, Settings
from tests.adapters.mcp.conftest import BAD_SERVER
from tests.architecture.source import ROOT
from tests.support.app import parley

TOOLS_FILE = '''
from adapters.tools import tool

@tool(approval="never")
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Good morning, {name}"

@tool(approval="never")
def calculator(expression: str) -> str:
    """Calculate, in our own way."""
    return "42, as always"

def delete_everything() -> None:
    """Delete."""
'''


def files(folder: Path, *, how: str = "", approval: str = "never") -> dict[str, Path]:
    tools, servers = folder / "my_tools.py", folder / "mcp.json"
    tools.write_text(TOOLS_FILE)
    entry = {"command": sys.executable, "args": ["-I", str(BAD_SERVER), how], "approval": approval, "tools": ["ok"]}
    servers.write_text(json.dumps({"mcpServers": {"mine": entry}}))
    return {"tools_file": tools, "mcp_file": servers}


def container(**settings: object) -> Container:
    return Container(settings=Settings(database_url="memory://", **settings))  # type: ignore[arg-type]


async def test_an_agent_calls_tools_of_every_source(tmp_path: Path) -> None:
    async with parley(**files(tmp_path)) as app:
        names = [tool.name for tool in await app.container.toolbox().tools()]
        orders = (
            'call greet with {"name": "Ada"} call mine__ok call current_time call calculator with {"expression": "1"}'
        )
        answer = await app.http.post("/agent", json={"messages": [{"role": "user", "content": orders}]})
    built_in = ["current_time", "get_weather", "search_documents"]
    assert names == ["greet", "calculator", "delete_everything", *built_in, "mine__ok"]
    reply = answer.json()["reply"]
    assert "Good morning, Ada" in reply
    assert "> ok" in reply
    assert '"zone":"UTC"' in reply
    assert "42, as always" in reply, "the operator's own tool is before the built-in one"


async def test_rules_are_the_tools_own_until_the_operator_says_otherwise(tmp_path: Path) -> None:
    own = container(
        **files(tmp_path, approval="once"), tools="http_get, current_time", tool_approvals={"greet": "once"}
    )
    rules = {tool.name: tool.approval for tool in await own.toolbox().tools()}
    await close(own)
    assert rules == {
        "greet": ApprovalRule.ONCE,
        "calculator": ApprovalRule.NEVER,
        "delete_everything": ApprovalRule.ALWAYS,
        "http_get": ApprovalRule.ALWAYS,
        "current_time": ApprovalRule.NEVER,
        "mine__ok": ApprovalRule.ONCE,
    }


@pytest.mark.parametrize(
    ("given", "tools"),
    [
        (None, BUILT_IN),
        ("[]", ()),
        ("none", ()),
        ("calculator, http_get", ("calculator", "http_get")),
        ('["x"]', ("x",)),
    ],
)
def test_built_in_tools_are_named_between_commas_or_as_json(
    given: str | None, tools: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is not None:
        monkeypatch.setenv("PARLEY_TOOLS", given)
    monkeypatch.setenv("PARLEY_TOOL_APPROVALS", '{"get_weather": "once"}')
    settings = Settings()
    assert (settings.tools, settings.tool_approvals) == (tools, {"get_weather": "once"})


@pytest.mark.parametrize("given", [{"tools": "[1, 2"}, {"tools": "[[]]"}, {"tool_approvals": {"x": "maybe"}}])
def test_settings_that_are_none_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)  # type: ignore[arg-type]


async def test_what_is_broken_keeps_the_server_from_starting_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def f(x):\n    'No hint.'\n")
    broken: dict[str, dict[str, object]] = {
        f"PARLEY_TOOLS_FILE: {path}, line 1: f cannot be a tool: its parameter 'x' has no type hint": {
            "tools_file": path
        },
        "PARLEY_TOOLS: there is no built-in tool 'calc'": {"tools": "calc"},
        "PARLEY_TOOLS: 'nowhere' is not the address of a server": {"weather_url": "nowhere"},
        f"PARLEY_MCP_FILE: {path}, line 1: Expecting value": {"mcp_file": path},
        "PARLEY_MCP_FILE: /nowhere cannot be read": {"mcp_file": Path("/nowhere")},
    }
    for said, settings in broken.items():
        started = container(**settings)
        with pytest.raises(CannotStart) as refused:
            started.toolbox()
        assert str(refused.value).startswith(said)
        await close(started)


async def test_the_examples_of_the_readme_work(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("\n## Tools\n")[2].partition("\n## ")[0]
    own, servers = tmp_path / "my_tools.py", tmp_path / "mcp.json"
    own.write_text(section.partition("```python\n")[2].partition("```")[0])
    servers.write_text(section.partition("```json\n")[2].partition("```")[0].replace("${TRACKER_TOKEN}", "token"))
    set_up = container(tools_file=own, mcp_file=servers, tools="none")
    tools = await set_up.tool_sources()["the tools file"].tools()
    assert [(tool.name, tool.approval, tool.is_idempotent) for tool in tools] == [
        ("order_status", ApprovalRule.NEVER, False),
        ("refund", ApprovalRule.ALWAYS, True),
    ]
    await close(set_up)


async def test_doctor_says_what_tools_there_are_and_what_is_amiss(tmp_path: Path) -> None:
    text, healthy = await report(container(**files(tmp_path), tools="none"))
    assert "tools       delete_everything (approval: always)" in text
    assert "tools       greet, calculator, mine__ok (approval: never)" in text
    assert healthy
    text, healthy = await report(container(**files(tmp_path, how="crash"), tool_approvals={"gret": "always"}))
    assert "warning     the MCP server mine ended with exit code 1: no configuration" in text
    assert "warning     PARLEY_TOOL_APPROVALS names gret, which is no tool now" in text
    assert not healthy
    assert "tools       none" in (await report(container(tools="none")))[0]
