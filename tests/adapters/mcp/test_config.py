"""The file that names the servers: what is understood, and how its mistakes are told without its secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.mcp.config import McpFileBroken, ServerConfig, read_servers
from domain.tool import ApprovalRule

ENVIRONMENT = {"TOKEN": "s3cret", "EMPTY": ""}
BROKEN: dict[str, tuple[str, str]] = {
    "no JSON": ('{"mcpServers": {\n"a": }}', "line 2: Expecting value"),
    "not text": ("\xff\xfe\x00", "is not JSON"),
    "too deep": ("[" * 100_000, "is not JSON"),
    "a list": ("[]", 'must be {"mcpServers"'),
    "no servers": ('{"servers": {}}', 'must be {"mcpServers"'),
}
WRONG: dict[str, tuple[Any, str]] = {
    "neither": ({}, "mcpServers.a: needs either a command or a url"),
    "both": ({"command": "x", "url": "http://x"}, "needs either a command or a url"),
    "a string": ("x", "mcpServers.a: Input should be a valid dictionary"),
    "misspelt": ({"command": "x", "aproval": "never"}, "mcpServers.a.aproval: Extra inputs"),
    "approval": ({"command": "x", "approval": "sometimes"}, "mcpServers.a.approval: Input should be 'always', 'once'"),
    "time": ({"command": "x", "timeout_seconds": 0}, "mcpServers.a.timeout_seconds: "),
    "sse": ({"url": "http://x", "type": "sse"}, "mcpServers.a.type: Input should be 'stdio', 'http'"),
    "type": ({"url": "http://x", "type": "stdio"}, "type stdio does not go with its url"),
    "scheme": ({"url": "file:///etc"}, "mcpServers.a.url: "),
    "user": ({"url": "http://me:s3cret@x"}, "mcpServers.a.url: "),
    "headers": ({"command": "x", "headers": {"A": "s3cret"}}, "headers does not go with its command"),
    "env": ({"url": "http://x", "env": {"A": "s3cret"}}, "env does not go with its url"),
    "variable": ({"command": "x", "env": {"A": "${UNSET}"}}, "mcpServers.a: the variable UNSET is not set"),
    "number": ({"command": "x", "env": {"A": ["${TOKEN}"]}}, "mcpServers.a.env.A: "),
}


def written(folder: Path, content: str) -> Path:
    path = folder / "mcp.json"
    path.write_text(content, encoding="latin-1")
    return path


def test_servers_are_read_in_the_usual_shape(tmp_path: Path) -> None:
    entries = {
        "files": {
            "command": "npx",
            "args": ["-y", "server", "${HOME_DIR:-/tmp}"],
            "env": {"T": "x${TOKEN}x${EMPTY:-y}"},
        },
        "git-hub_1": {
            "type": "http",
            "url": "https://example.com/mcp",
            "headers": {"Authorization": "Bearer ${TOKEN}"},
            "approval": "once",
            "timeout_seconds": 5,
            "tools": ["search"],
            "trust_annotations": True,
        },
        "off": {"command": "x", "disabled": True},
    }
    servers = read_servers(written(tmp_path, json.dumps({"mcpServers": entries, "other": 1})), ENVIRONMENT)
    assert list(servers) == ["files", "git-hub_1"]
    files, hub = servers.values()
    assert (files.args[2], files.env, files.approval) == ("/tmp", {"T": "xs3cretxy"}, ApprovalRule.ALWAYS)
    assert not files.trust_annotations
    assert (hub.headers, hub.approval, hub.tools) == (
        {"Authorization": "Bearer s3cret"},
        ApprovalRule.ONCE,
        ("search",),
    )
    assert "s3cret" not in repr(servers)


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_is_told(content: str, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(McpFileBroken) as broken:
        read_servers(path, ENVIRONMENT)
    assert str(broken.value).startswith(str(path))
    assert said in str(broken.value)


@pytest.mark.parametrize(("entry", "said"), WRONG.values(), ids=WRONG)
def test_a_server_that_is_none_is_told_with_its_place_and_without_its_secrets(
    entry: Any, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, json.dumps({"mcpServers": {"a": entry}}))
    with pytest.raises(McpFileBroken) as broken:
        read_servers(path, ENVIRONMENT)
    assert said in str(broken.value)
    assert "s3cret" not in str(broken.value)


@pytest.mark.parametrize("name", ["", "a__b", "_a", "a_", "a b", "ä", "a.b", "x" * 33])
def test_names_of_servers_are_such_that_names_of_tools_stay_apart(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"mcpServers": {name: {"command": "x"}}}))
    with pytest.raises(McpFileBroken, match="a name is of letters"):
        read_servers(path, ENVIRONMENT)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(McpFileBroken, match="cannot be read: No such file"):
        read_servers(tmp_path / "none.json", ENVIRONMENT)


def test_a_config_tells_no_secret() -> None:
    assert "x-key" not in repr(ServerConfig(command="x", env={"x-key": "y"}))
