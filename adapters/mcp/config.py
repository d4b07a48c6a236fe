"""The file that names the MCP servers, in the shape that other clients use, with a few words of our own."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.tool import ApprovalRule

SERVER_NAME = re.compile(r"(?=.{1,32}$)[a-zA-Z0-9-]+(?:_[a-zA-Z0-9-]+)*")
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class McpFileBroken(Exception):
    """The message is a sentence for the operator that names the file and the place."""


class ServerConfig(BaseModel):
    """A process that is started (`command`), or a server that is there already (`url`).

    `approval` is when a person is asked before one of its tools runs; `tools` are the only ones that are taken.
    `trust_annotations` is to believe the server when it says that a tool may be repeated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: Literal["stdio", "http", "streamable-http", "streamableHttp"] | None = None
    command: str | None = Field(default=None, min_length=1)
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default={}, repr=False)
    cwd: Path | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")] | None = None
    headers: dict[str, str] = Field(default={}, repr=False)
    disabled: bool = False
    approval: ApprovalRule = ApprovalRule.ALWAYS
    timeout_seconds: float = Field(default=60, gt=0, le=86_400)
    tools: tuple[str, ...] | None = None
    trust_annotations: bool = False

    @model_validator(mode="after")
    def _one_way_to_it(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("needs either a command or a url")
        if self.type and (self.type == "stdio") != (self.command is not None):
            raise ValueError(f"type {self.type} does not go with its {'command' if self.command else 'url'}")
        stray = [name for name in ("args", "env", "cwd") if name in self.model_fields_set and self.url]
        if stray or (self.headers and self.command):
            raise ValueError(f"{stray[0] if stray else 'headers'} does not go with its {'url' if stray else 'command'}")
        return self


def read_servers(path: Path, environment: Mapping[str, str]) -> dict[str, ServerConfig]:
    """The servers that are not disabled, by name. `${NAME}` and `${NAME:-default}` are taken from the environment.

    Raise McpFileBroken; its message has no value of the file in it, which may be a secret.
    """
    try:
        whole = json.loads(path.read_bytes())
    except OSError as error:
        raise McpFileBroken(f"{path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise McpFileBroken(f"{path}, line {error.lineno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise McpFileBroken(f"{path} is not JSON") from error
    servers = whole.get("mcpServers") if isinstance(whole, dict) else None
    if not isinstance(servers, dict):
        raise McpFileBroken(f'{path} must be {{"mcpServers": {{"name": {{...}}}}}}')
    read = {name: _server(f"{path}: mcpServers.{name}", name, entry, environment) for name, entry in servers.items()}
    return {name: server for name, server in read.items() if not server.disabled}


def _server(where: str, name: str, entry: Any, environment: Mapping[str, str]) -> ServerConfig:
    if not SERVER_NAME.fullmatch(name):
        raise McpFileBroken(f"{where}: a name is of letters, digits, - and single _ between them, at most 32")
    try:
        return ServerConfig.model_validate(_filled_in(entry, environment))
    except KeyError as error:
        raise McpFileBroken(f"{where}: the variable {error.args[0]} is not set") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = "".join(f".{part}" for part in wrong["loc"])
        raise McpFileBroken(f"{where}{place}: {wrong['msg'].removeprefix('Value error, ')}") from error


def _filled_in(entry: Any, environment: Mapping[str, str]) -> Any:
    """Raise KeyError for a variable that is not set and has no default."""
    match entry:
        case str():
            return VARIABLE.sub(lambda found: _value(found, environment), entry)
        case list():
            return [_filled_in(each, environment) for each in entry]
        case dict():
            return {key: _filled_in(each, environment) for key, each in entry.items()}
    return entry


def _value(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name, default = found[1], found[2]
    return environment[name] if default is None or environment.get(name) else default
