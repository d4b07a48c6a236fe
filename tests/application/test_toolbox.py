"""The toolbox is as quick and as whole as its sources allow, whatever one of them does."""

import logging

import anyio
import pytest

from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from application.tools.toolbox import Toolbox
from domain.tool import ApprovalRule, Tool, ToolSpec
from tests.support.tools import call


class Source(ToolProvider):
    """Tools of these names, as long as nothing is said of how it misbehaves."""

    def __init__(self, label: str, *names: str) -> None:
        self.label, self.names = label, names
        self.hangs = self.breaks = False
        self.listings = 0

    async def tools(self) -> tuple[Tool, ...]:
        self.listings += 1
        if self.hangs:
            await anyio.sleep_forever()
        if self.breaks:
            raise RuntimeError("broken")
        return tuple(Tool(spec=ToolSpec(name)) for name in self.names)

    async def call(self, invocation: ToolInvocation) -> str:
        return f"{self.label} did {invocation.name}"


def names(tools: tuple[Tool, ...]) -> list[str]:
    return [tool.name for tool in tools]


async def test_the_first_of_one_name_is_taken_and_that_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    box = Toolbox({"one": Source("one", "a", "b"), "two": Source("two", "b", "c")})
    with caplog.at_level(logging.WARNING):
        assert names(await box.tools()) == names(await box.tools()) == ["a", "b", "c"]
    assert [record.getMessage() for record in caplog.records] == ["the tool b of two is hidden by that of one"]
    assert [await call(box, name) for name in "abc"] == ["one did a", "one did b", "two did c"]


async def test_a_call_needs_no_listing_before_it() -> None:
    source = Source("one", "a")
    box = Toolbox({"one": source})
    assert await call(box, "a") == await call(box, "a") == "one did a"
    assert source.listings == 1
    with pytest.raises(ToolFailed, match="There is no tool named b"):
        await call(box, "b")


async def test_a_tool_that_appears_later_is_found() -> None:
    source = Source("one", "a")
    box = Toolbox({"one": source})
    await box.tools()
    source.names = ("a", "b")
    assert await call(box, "b") == "one did b"


async def test_a_source_that_hangs_is_left_out_and_later_has_what_it_had() -> None:
    slow, quick = Source("slow", "a"), Source("quick", "b")
    box = Toolbox({"slow": slow, "quick": quick}, patience_seconds=0.05)
    slow.hangs = True
    assert names(await box.tools()) == ["b"]
    slow.hangs = False
    assert names(await box.tools()) == ["a", "b"]
    slow.hangs = True
    assert names(await box.tools()) == ["a", "b"]


async def test_several_slow_sources_are_waited_for_side_by_side() -> None:
    sources = {str(number): Source("slow", "a") for number in range(50)}
    for source in sources.values():
        source.hangs = True
    with anyio.fail_after(20):
        assert await Toolbox(sources, patience_seconds=0.5).tools() == ()


async def test_a_source_that_breaks_its_promise_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = Source("broken", "a"), Source("whole", "b")
    box = Toolbox({"broken": broken, "whole": whole})
    await box.tools()
    broken.breaks = True
    assert names(await box.tools()) == ["b"]
    assert "the tools of broken cannot be listed" in caplog.text


async def test_an_operators_rule_is_above_the_tools_own() -> None:
    box = Toolbox({"one": Source("one", "a", "b")}, approvals={"b": ApprovalRule.ONCE})
    rules = {tool.name: tool.approval for tool in await box.tools()}
    assert rules == {"a": ApprovalRule.NEVER, "b": ApprovalRule.ONCE}
