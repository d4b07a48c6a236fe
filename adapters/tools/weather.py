"""The weather now, from an Open-Meteo server: one look for the place, one for its weather."""

import json
from typing import Annotated, Any, Literal

from yarl import URL

from adapters.tools.fetching import CannotFetch, fetch
from adapters.tools.function_tool import FunctionTool
from adapters.tools.options import ToolOptions
from adapters.tools.weather_codes import CONDITIONS
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule

OPTIONS = ToolOptions(approval=ApprovalRule.NEVER, is_idempotent=True, timeout_seconds=20)
MOST_BYTES = 256 * 1024
City = Annotated[str, "for example Paris, or with its country or state: Paris, France"]
Unit = Literal["celsius", "fahrenheit"]


def weather_tool(*, weather_url: str, geocoding_url: str, seconds: float = 8.0) -> FunctionTool:
    """The addresses are those of the servers, without a path; `seconds` are for each of the two looks.

    Raise ValueError for an address that is none.
    """
    weather, geocoding = _server(weather_url), _server(geocoding_url)

    async def get_weather(city: City, unit: Unit = "celsius") -> dict[str, Any]:
        """The weather in a city now."""
        place = await _place(geocoding, city, seconds)
        wanted = {
            "latitude": str(place["latitude"]),
            "longitude": str(place["longitude"]),
            "current": "temperature_2m,weather_code",
            "temperature_unit": unit,
        }
        answer = await _ask((weather / "v1/forecast").with_query(wanted), seconds)
        match answer:
            case {"current": {"temperature_2m": int() | float() as degrees, **others}}:
                code = others.get("weather_code")
                condition = CONDITIONS.get(code, "unknown") if isinstance(code, int) else "unknown"
                return {"city": place["name"], "temp": degrees, "unit": unit, "condition": condition}
        raise ToolFailed("The weather service gave an answer that cannot be read")

    return FunctionTool.of(get_weather, OPTIONS)


async def _place(geocoding: URL, city: str, seconds: float) -> dict[str, Any]:
    """The best known of this name, or the one in the country or state that is named after a comma."""
    name, _, region = (part.strip() for part in city[:200].partition(","))
    if not name:
        raise ToolFailed("city: must name one")
    wanted = {"name": name, "count": "10" if region else "1", "language": "en", "format": "json"}
    answer = await _ask((geocoding / "v1/search").with_query(wanted), seconds)
    found = answer.get("results") if isinstance(answer, dict) else None
    places = [place for place in found if _is_place(place)] if isinstance(found, list) else []
    if not places:
        raise ToolFailed(f"No city called {city[:100]!r} is known")
    return next((place for place in places if region and region.casefold() in _regions(place)), places[0])


def _is_place(place: Any) -> bool:
    match place:
        case {"name": str(), "latitude": int() | float(), "longitude": int() | float()}:
            return True
    return False


def _regions(place: dict[str, Any]) -> set[str]:
    return {str(place.get(key)).casefold() for key in ("country", "country_code", "admin1", "admin2")}


async def _ask(url: URL, seconds: float) -> Any:
    try:
        fetched = await fetch(url, accept="application/json", seconds=seconds, most_bytes=MOST_BYTES)
    except CannotFetch as error:
        raise ToolFailed(f"The weather service {error}") from error
    if fetched.status != 200:
        raise ToolFailed(f"The weather service answered with status {fetched.status}")
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise ToolFailed("The weather service gave an answer that cannot be read") from error


def _server(address: str) -> URL:
    url = URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{address!r} is not the address of a server")
    return url
