"""All sources of tools as one."""

import logging
from collections.abc import Mapping
from dataclasses import replace

import anyio

from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.tool import ApprovalRule, Tool

PATIENCE_SECONDS = 3.0
log = logging.getLogger(__name__)


class Toolbox(ToolProvider):
    """The tools of each source, by the source's name, in this order: of two tools of one name the first is taken.

    `approvals` are an operator's own rules by the name of the tool, above what the tool says of itself. A source that
    takes longer than `patience_seconds` to list its tools is left out of that listing, or has those it had before.
    """

    def __init__(
        self,
        sources: Mapping[str, ToolProvider],
        *,
        approvals: Mapping[str, ApprovalRule] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._sources = dict(sources)
        self._approvals = dict(approvals or {})
        self._patience_seconds = patience_seconds
        self._known: dict[str, tuple[Tool, ...]] = {}
        self._owners: dict[str, str] = {}
        self._complained: set[tuple[str, str]] = set()

    async def tools(self) -> tuple[Tool, ...]:
        async with anyio.create_task_group() as listings:
            for source in self._sources:
                listings.start_soon(self._list, source)
        taken: dict[str, Tool] = {}
        owners: dict[str, str] = {}
        for source in self._sources:
            for tool in self._known.get(source, ()):
                if owners.setdefault(tool.name, source) == source:
                    taken[tool.name] = self._ruled(tool)
                else:
                    self._complain(tool.name, source, owners[tool.name])
        self._owners = owners
        return tuple(taken.values())

    async def call(self, invocation: ToolInvocation) -> str:
        if invocation.name not in self._owners:
            await self.tools()
        source = self._owners.get(invocation.name)
        if source is None:
            raise ToolFailed(f"There is no tool named {invocation.name}")
        return await self._sources[source].call(invocation)

    async def _list(self, source: str) -> None:
        with anyio.move_on_after(self._patience_seconds) as patience:
            try:
                self._known[source] = await self._sources[source].tools()
            except Exception:  # a source that breaks its promise never to raise takes no other with it
                log.exception("the tools of %s cannot be listed", source)
                self._known.pop(source, None)
        if patience.cancelled_caught:
            log.warning("the tools of %s were not listed within %g s", source, self._patience_seconds)

    def _ruled(self, tool: Tool) -> Tool:
        rule = self._approvals.get(tool.name)
        return tool if rule is None else replace(tool, approval=rule)

    def _complain(self, name: str, source: str, owner: str) -> None:
        if (name, source) not in self._complained:
            self._complained.add((name, source))
            log.warning("the tool %s of %s is hidden by that of %s", name, source, owner)
