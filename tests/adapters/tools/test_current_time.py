"""What time it is somewhere, by a clock that is an argument."""

from datetime import UTC, datetime

import pytest

from adapters.tools.current_time import current_time_tool
from adapters.tools.function_tool import FunctionTools
from application.ports.tools import ToolFailed
from tests.support.tools import call


@pytest.mark.parametrize(
    ("zone", "time", "weekday"),
    [
        ("UTC", "2026-07-28T22:30:00+00:00", "Tuesday"),
        ("Europe/Berlin", "2026-07-29T00:30:00+02:00", "Wednesday"),
        ("Asia/Kathmandu", "2026-07-29T04:15:00+05:45", "Wednesday"),
    ],
)
async def test_the_time_somewhere(zone: str, time: str, weekday: str) -> None:
    tools = FunctionTools([current_time_tool(lambda: datetime(2026, 7, 28, 22, 30, tzinfo=UTC))])
    said = await call(tools, "current_time", zone=zone)
    assert f'"time":"{time}","weekday":"{weekday}"' in said


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 5000])
async def test_a_zone_that_is_none(zone: str) -> None:
    tools = FunctionTools([current_time_tool(lambda: datetime(2026, 7, 28, tzinfo=UTC))])
    with pytest.raises(ToolFailed, match="is no time zone that is known here"):
        await call(tools, "current_time", zone=zone)
