"""Carry out calls of tools side by side: the intent is durable before, the result recorded after."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from application.runs.run_writer import RunWriter
from domain.conversation import ToolCall
from domain.run import Run
from domain.step import ToolFinished, ToolStarted
from domain.tool import Tool

log = logging.getLogger(__name__)

RESULT_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTools:
    toolbox: ToolProvider

    async def __call__(self, run: Run, calls: Sequence[ToolCall], tools: Mapping[str, Tool], writer: RunWriter) -> None:
        """Return when each call has its result, be it that the tool failed or took too long. Raise RunLost.

        When cancelled, the tools are stopped, and what came of them is unknown.
        """
        writer.append([ToolStarted(call.id, call.arguments) for call in calls])
        await writer.flush()
        try:
            async with asyncio.TaskGroup() as group:
                for call in calls:
                    group.create_task(self._call(run, call, tools[call.name], writer))
        except ExceptionGroup as refusals:  # nothing but RunLost, from as many calls as met it
            raise refusals.exceptions[0] from None

    async def _call(self, run: Run, call: ToolCall, tool: Tool, writer: RunWriter) -> None:
        invocation = ToolInvocation(
            name=tool.name,
            arguments=json.loads(call.arguments or "{}"),
            owner=run.owner,
            idempotency_key=key_of(run, call),
            grounding=run.settings.grounding,
        )
        try:
            async with asyncio.timeout(tool.timeout_seconds):
                content, is_error = await self.toolbox.call(invocation), False
        except ToolFailed as failure:
            content, is_error = str(failure), True
        except TimeoutError:
            content, is_error = f"{tool.name} did not answer within {tool.timeout_seconds:g} seconds", True
        except Exception:  # an operator's tool may raise anything, and the run must survive it
            log.exception("the tool %s failed in run %d", tool.name, run.id)
            content, is_error = f"{tool.name} failed unexpectedly", True
        writer.append([ToolFinished(call.id, shortened(content), is_error)])


def key_of(run: Run, call: ToolCall) -> str:
    """The same each time this call is tried, and no other call's, also not one of another database."""
    return f"run-{run.id}-{int(run.created_at.timestamp() * 1000):x}-{call.id}"


def shortened(content: str) -> str:
    """The beginning of a long result, with a word on how much is missing."""
    if len(content) <= RESULT_CHARACTERS:
        return content
    return f"{content[:RESULT_CHARACTERS]}\n[cut: the first {RESULT_CHARACTERS:,} of {len(content):,} characters]"
