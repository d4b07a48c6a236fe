"""What time it is, somewhere."""

from typing import Annotated
from zoneinfo import ZoneInfo

from adapters.tools.function_tool import FunctionTool
from adapters.tools.options import ToolOptions
from application.ports.clock import Now
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule

OPTIONS = ToolOptions(approval=ApprovalRule.NEVER, is_idempotent=True, timeout_seconds=5)
Zone = Annotated[str, "IANA time zone, for example Europe/Berlin"]


def current_time_tool(now: Now) -> FunctionTool:
    async def current_time(zone: Zone = "UTC") -> dict[str, str]:
        """The date and the time now, in a time zone."""
        try:
            there = now().astimezone(ZoneInfo(zone))
        except (KeyError, ValueError, OSError) as error:  # unknown; not a name at all; a folder of zones
            raise ToolFailed(
                f"{zone[:100]!r} is no time zone that is known here; use one like Europe/Berlin"
            ) from error
        return {
            "zone": zone,
            "time": there.isoformat(timespec="seconds"),
            "weekday": f"{there:%A}",
            "utc_offset": f"{there:%z}",
        }

    return FunctionTool.of(current_time, OPTIONS)
