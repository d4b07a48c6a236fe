"""The port of tools that Parley runs itself."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.access import OwnerId
from domain.citation import Grounding
from domain.tool import Tool


class ToolFailed(Exception):
    """The tool could not do it; `str(error)` goes to the model, which may mend its call or do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolInvocation:
    """One call of the tool `name`; `arguments` fit its schema.

    `grounding` says in what the run may search; None is all that the owner has. `idempotency_key` is the same each time
    this call is tried, and no other call's: a tool with effects hands it on.
    """

    name: str
    arguments: Mapping[str, Any]
    owner: OwnerId
    idempotency_key: str
    grounding: Grounding | None = None


class ToolProvider(Protocol):
    """Some tools: the built-in ones, an operator's own, those of an MCP server."""

    @abstractmethod
    async def tools(self) -> tuple[Tool, ...]:
        """What can be called now; names are unique within the provider, `[a-zA-Z0-9_-]{1,64}`.

        Answers from memory, or within a few seconds; a source that is away has no tools, and never raises.
        """

    @abstractmethod
    async def call(self, invocation: ToolInvocation) -> str:
        """What came of it, as text for the model; bounded in length by the tool itself or cut by the caller.

        Raise ToolFailed, also when the tool is not there any more. The caller limits the time: when cancelled, whatever
        is under way is stopped before CancelledError goes on.
        """
