"""The tools that come with Parley. A new one is a file like those imported here, and a line below."""

from collections.abc import Callable, Iterable

from adapters.tools.calculator import calculator_tool
from adapters.tools.current_time import current_time_tool
from adapters.tools.function_tool import FunctionTool
from adapters.tools.http_get import http_get_tool
from adapters.tools.weather import weather_tool
from application.ports.clock import Now


def built_in_tools(names: Iterable[str], *, now: Now, weather_url: str, geocoding_url: str) -> tuple[FunctionTool, ...]:
    """Those of these names. Raise ValueError for a name that is none of them, or an address that is none."""
    makers: dict[str, Callable[[], FunctionTool]] = {
        "calculator": calculator_tool,
        "current_time": lambda: current_time_tool(now),
        "get_weather": lambda: weather_tool(weather_url=weather_url, geocoding_url=geocoding_url),
        "http_get": http_get_tool,
    }
    wanted = list(dict.fromkeys(names))
    if unknown := [name for name in wanted if name not in makers]:
        raise ValueError(f"there is no built-in tool {unknown[0]!r}, only {', '.join(makers)}")
    return tuple(makers[name]() for name in wanted)
