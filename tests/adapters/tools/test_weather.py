"""The weather, from a server on a socket that speaks as Open-Meteo does."""

import json
from typing import Any

import pytest

from adapters.tools.function_tool import FunctionTools
from adapters.tools.weather import weather_tool
from application.ports.tools import ToolFailed
from tests.support.local_web import SILENCE, LocalWeb, local_web, page
from tests.support.tools import call

PARIS = {"name": "Paris", "latitude": 48.85341, "longitude": 2.3488, "country": "France", "country_code": "FR"}
TEXAS = {"name": "Paris", "latitude": 33.66, "longitude": -95.55, "country": "United States", "admin1": "Texas"}
PLACES = json.dumps({"results": [PARIS, TEXAS], "generationtime_ms": 0.5}).encode()
NOW = json.dumps(
    {"latitude": 48.86, "current": {"time": "2026-01-02T03:00", "temperature_2m": 12.4, "weather_code": 61}}
)
GOOD = {"/v1/search": page(PLACES), "/v1/forecast": page(NOW.encode())}


def tools(web: LocalWeb, seconds: float = 30.0) -> FunctionTools:
    return FunctionTools([weather_tool(weather_url=web.url, geocoding_url=web.url, seconds=seconds)])


async def test_the_weather_of_a_city() -> None:
    async with local_web(GOOD) as web:
        told = json.loads(await call(tools(web), "get_weather", city="Paris"))
    assert told == {"city": "Paris", "temp": 12.4, "unit": "celsius", "condition": "light rain"}
    assert "name=Paris&" in web.asked[0]
    assert "latitude=48.85341" in web.asked[1]
    assert "temperature_unit=celsius" in web.asked[1]
    assert not any(word in request.lower() for request in web.asked for word in ("cookie:", "authorization:"))


async def test_a_city_of_a_country_or_state_in_another_unit() -> None:
    async with local_web(GOOD) as web:
        told = json.loads(await call(tools(web), "get_weather", city="Paris, texas", unit="fahrenheit"))
    assert told["unit"] == "fahrenheit"
    assert "latitude=33.66" in web.asked[1]
    assert "temperature_unit=fahrenheit" in web.asked[1]


BAD: dict[str, tuple[dict[str, bytes], str]] = {
    "unknown city": ({"/v1/search": page(b'{"generationtime_ms": 0.2}')}, "No city called 'Paris' is known"),
    "not JSON": ({"/v1/search": page(b"<html>welcome</html>")}, "cannot be read"),
    "another shape": ({"/v1/search": page(b'{"results": [{"name": 3}, 7, null]}')}, "No city called"),
    "a list": ({"/v1/search": page(b"[]")}, "No city called"),
    "nested without end": ({"/v1/search": page(b"[" * 100_000)}, "cannot be read"),
    "without end": ({"/v1/search": page(b" " * 300_000)}, "cannot be read"),
    "an error": ({"/v1/search": page(b"{}", status="500 Oh")}, "answered with status 500"),
    "a redirect": ({"/v1/search": page(b"", status="302 Found", Location="http://127.0.0.1:1/")}, "status 302"),
    "cut off": ({"/v1/search": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"}, "cannot be reached"),
    "not HTTP": ({"/v1/search": b"\x00\x01\x02 hello\r\n\r\n"}, "cannot be reached"),
    "packed": ({"/v1/search": page(b"\x1f\x8b", Content_Encoding="gzip")}, "packed form"),
    "no temperature": (GOOD | {"/v1/forecast": page(b'{"current": {"temperature_2m": null}}')}, "cannot be read"),
}


@pytest.mark.parametrize(("pages", "reason"), BAD.values(), ids=BAD)
async def test_what_goes_wrong_is_told_in_a_sentence(pages: dict[str, bytes], reason: str) -> None:
    async with local_web(pages) as web:
        with pytest.raises(ToolFailed, match=reason) as failed:
            await call(tools(web), "get_weather", city="Paris")
    assert str(web.port) not in str(failed.value), "an address is nobody's business"


async def test_a_server_that_never_answers_is_left_in_time() -> None:
    async with local_web({"/v1/search": SILENCE}) as web:
        with pytest.raises(ToolFailed, match=r"did not answer within 0\.2 seconds"):
            await call(tools(web, seconds=0.2), "get_weather", city="Paris")


async def test_a_server_that_is_away() -> None:
    async with local_web({}) as web:
        pass
    with pytest.raises(ToolFailed, match="The weather service cannot be reached"):
        await call(tools(web), "get_weather", city="Paris")


@pytest.mark.parametrize("code", [None, 1234, [3], "3"])
async def test_a_condition_that_nobody_knows(code: Any) -> None:
    forecast = json.dumps({"current": {"temperature_2m": -3, "weather_code": code}}).encode()
    async with local_web(GOOD | {"/v1/forecast": page(forecast)}) as web:
        told = json.loads(await call(tools(web), "get_weather", city="Paris"))
    assert (told["temp"], told["condition"]) == (-3, "unknown")


@pytest.mark.parametrize("arguments", [{}, {"city": 3}, {"city": "Paris", "unit": "kelvin"}, {"city": " , France"}])
async def test_arguments_that_are_none(arguments: dict[str, Any]) -> None:
    async with local_web(GOOD) as web:
        with pytest.raises(ToolFailed, match=r"city|unit"):
            await call(tools(web), "get_weather", **arguments)
    assert web.connections == 0


def test_an_address_that_is_none_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="is not the address of a server"):
        weather_tool(weather_url="file:///etc/passwd", geocoding_url="http://127.0.0.1")
