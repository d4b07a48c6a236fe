"""A Python function as a tool: its hints are the schema, its docstring is the description."""

import inspect
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from pydantic_core import to_json

from adapters.tools.options import ToolOptions, options_of
from adapters.tools.signature import KEY, Signature, UnfitFunction
from adapters.tools.threads import Threads
from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.tool import Tool, ToolSpec

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MOST_CHARACTERS = 100_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTool:
    definition: Tool
    function: Callable[..., Any]
    signature: Signature

    @classmethod
    def of(cls, function: Callable[..., Any], options: ToolOptions | None = None) -> Self:
        """Raise UnfitFunction. Without options, those that the function was marked with."""
        options = options or options_of(function)
        name, description = options.name or function.__name__, inspect.getdoc(function)
        if not NAME.fullmatch(name):
            raise UnfitFunction("its name must be of the letters a to z, digits, - and _, at most 64")
        if not description:
            raise UnfitFunction("it has no docstring, which is what tells a model when to call it")
        signature = Signature.of(function)
        definition = Tool(
            spec=ToolSpec(name, description, signature.schema),
            timeout_seconds=options.timeout_seconds,
            is_idempotent=options.is_idempotent,
            approval=options.approval,
        )
        return cls(definition=definition, function=function, signature=signature)

    async def call(self, invocation: ToolInvocation, threads: Threads) -> str:
        """As ToolProvider.call. The message of a ValueError is for the model, that of any other error for the log."""
        name, values = self.definition.name, self.signature.values(invocation.arguments)
        if self.signature.takes_key:
            values[KEY] = invocation.idempotency_key
        try:
            if inspect.iscoroutinefunction(self.function):
                return as_text(await self.function(**values))
            return as_text(await threads.run(partial(self.function, **values)))
        except ToolFailed:
            raise
        except ValueError as error:
            raise ToolFailed(f"{name}: {error}") from error
        except (Exception, SystemExit) as error:  # somebody's function fails in any way, and its words may be secret
            log.exception("the tool %s failed", name)
            raise ToolFailed(f"{name} failed with {type(error).__name__}; the server's log says more") from error


class FunctionTools(ToolProvider):
    """Raise ValueError when two have one name."""

    def __init__(self, tools: Iterable[FunctionTool]) -> None:
        self._threads = Threads()
        self._tools: dict[str, FunctionTool] = {}
        for tool in tools:
            if self._tools.setdefault(tool.definition.name, tool) is not tool:
                raise ValueError(f"two tools are called {tool.definition.name}")

    async def tools(self) -> tuple[Tool, ...]:
        return tuple(tool.definition for tool in self._tools.values())

    async def call(self, invocation: ToolInvocation) -> str:
        """When cancelled, a coroutine is; a plain function runs on in its thread, unheard."""
        tool = self._tools.get(invocation.name)
        if tool is None:
            raise ToolFailed(f"There is no tool named {invocation.name}")
        return await tool.call(invocation, self._threads)


def as_text(result: Any) -> str:
    """Text as it is, anything else as JSON, cut where it is too long. Raise ValueError for what JSON cannot carry."""
    if result is None:
        return "Done."
    text = result if isinstance(result, str) else to_json(result, serialize_unknown=True).decode()
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}\n[cut: {len(text):,} characters in all]"
