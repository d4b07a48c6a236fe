"""http_get reads the public internet and nothing else, whatever a name or an address looks like."""

import asyncio
import ipaddress
import json
import socket
from typing import Any

import pytest

from adapters.tools.function_tool import FunctionTools
from adapters.tools.http_get import MOST_CHARACTERS, http_get_tool
from adapters.tools.public_addresses import AddressRefused, PublicSockets, is_public
from application.ports.tools import ToolFailed
from tests.support.local_web import SILENCE, LocalWeb, local_web, page
from tests.support.tools import call

LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
PRIVATE = (
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.1.1", "168.63.129.16"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:8.8.8.8", "100::1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2001::1", "2001:0:53aa:64c::1", "2001:db8::1"),
    *("2002:7f00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo"),
    *("fec0::1", "ff02::1", "2606:4700::1111%1"),
)
PUBLIC = ("1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::200e")
INNER_HOSTS = (
    *("127.0.0.1", "[::1]", "0.0.0.0", "[::]", "localhost", "localhost.", "LOCALHOST", "127.0.0.1.", "127.1"),
    *("2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "169.254.169.254", "１２７.０.０.１", "127。0。0。1"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]"),
)
BAD_ADDRESSES = (
    *(
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/",
        "gopher://127.0.0.1:{port}/",
        "data:text/plain,hello",
        "http:///x",
    ),
    *("//127.0.0.1:{port}/", "127.0.0.1:{port}", "http://127.0.0.1:99999/", "http://127.0.0.1:22/", "http://[::1", ""),
    *("http://me@127.0.0.1:{port}/", "http://:secret@127.0.0.1:{port}/", "http://a.example:{port}@127.0.0.1:{port}/"),
    *("http://{long}.example/", "http://127.0.0.1:{port}/\n", "http://127.0.0.1:{port}/?{very_long}", "http://a..b/"),
)


def tools(web: LocalWeb, also: Any = ()) -> FunctionTools:
    return FunctionTools([http_get_tool(ports=frozenset({80, 443, web.port}), also=also)])


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sockets = PublicSockets()
    with pytest.raises(AddressRefused):
        sockets((family, socket.SOCK_STREAM, 6, "", (address, 80)))
    assert sockets.has_refused


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_name_in_the_place_of_an_address_is_not_connected_to() -> None:
    with pytest.raises(AddressRefused):
        PublicSockets()((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("example.com", 80)))


@pytest.mark.parametrize("host", INNER_HOSTS)
async def test_nothing_of_this_machine_is_connected_to(host: str) -> None:
    async with local_web({"/": page(b"inner", "text/plain")}) as web:
        with pytest.raises(ToolFailed):
            await call(tools(web), "http_get", url=f"http://{host}:{web.port}/")
    assert web.connections == 0


async def test_a_name_that_leads_to_another_address_at_the_second_look_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The world is fooled here, not our code: one look-up is all that is made, and what it gives is judged."""
    looks: list[str] = []

    async def getaddrinfo(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        looks.append(host)
        address = "127.0.0.1" if len(looks) == 1 else "93.184.215.14"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async with local_web({"/": page(b"inner", "text/plain")}) as web:
        monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", getaddrinfo)
        with pytest.raises(ToolFailed, match=r"rebind\.example is not on the public internet"):
            await call(tools(web), "http_get", url=f"http://rebind.example:{web.port}/")
    assert (looks, web.connections) == (["rebind.example"], 0)


@pytest.mark.parametrize("address", BAD_ADDRESSES, ids=repr)
async def test_addresses_that_are_not_read(address: str) -> None:
    async with local_web({"/": page(b"inner", "text/plain")}) as web:
        with pytest.raises(ToolFailed):
            await call(
                tools(web, LOOPBACK), "http_get", url=address.format(port=web.port, long="x" * 70, very_long="x" * 2000)
            )
    assert web.connections == 0


async def test_a_page_is_read_without_a_word_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    text = "Grüße aus Köln"
    async with local_web({"/a": page(text.encode("iso-8859-1"), 'text/plain; charset="ISO-8859-1"')}) as web:
        told = json.loads(await call(tools(web, LOOPBACK), "http_get", url=f"{web.url}/a?b=c#d"))
    assert told == {"url": f"{web.url}/a?b=c#d", "status": 200, "content_type": "text/plain", "text": text}
    sent = {line.partition(":")[0].lower() for line in web.asked[0].splitlines()[1:] if line}
    assert sent == {"host", "user-agent", "accept", "accept-encoding", "connection"}


async def test_a_redirect_is_told_and_not_followed() -> None:
    pages = {"/a/b": page(b"moved", "text/html", "302 Found", Location="../c"), "/c": page(b"there", "text/plain")}
    async with local_web(pages) as web:
        told = json.loads(await call(tools(web, LOOPBACK), "http_get", url=f"{web.url}/a/b"))
        assert told == {"url": f"{web.url}/a/b", "status": 302, "redirects_to": f"{web.url}/c"}
        assert web.connections == 1


async def test_a_page_that_is_not_there_is_told_with_its_status() -> None:
    async with local_web({}) as web:
        told = json.loads(await call(tools(web, LOOPBACK), "http_get", url=web.url))
    assert (told["status"], told["text"]) == (404, "")


REFUSED = {
    "a picture": page(b"\x89PNG", "image/png"),
    "a program": page(b"MZ", "application/octet-stream"),
    "no type": b"HTTP/1.1 200 OK\r\n\r\nhello",
    "packed": page(b"\x1f\x8b", "text/plain", Content_Encoding="gzip"),
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
async def test_what_is_not_text_is_refused(answer: bytes) -> None:
    async with local_web({"/": answer}) as web:
        with pytest.raises(ToolFailed, match=r"127\.0\.0\.1"):
            await call(tools(web, LOOPBACK), "http_get", url=web.url)


@pytest.mark.parametrize("kind", ["text/html; charset=punycode", "text/plain; charset=zip", "application/ld+json"])
async def test_a_long_page_is_cut_and_a_strange_charset_is_read_as_utf_8(kind: str) -> None:
    async with local_web({"/": page("é".encode() * 3_000_000, kind)}) as web:
        told = json.loads(await call(tools(web, LOOPBACK), "http_get", url=web.url))
    assert (told["text"], told["is_cut"]) == ("é" * MOST_CHARACTERS, True)


async def test_a_reader_who_leaves_closes_the_connection() -> None:
    async with local_web({"/": SILENCE}) as web:
        reading = asyncio.create_task(call(tools(web, LOOPBACK), "http_get", url=web.url))
        async with asyncio.timeout(20):
            await web.was_asked.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            await web.was_left.wait()
