"""Getting JSON from a provider, within bounds of time and size, and its failures in our words."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from domain.errors import ProviderAnswerInvalid, ProviderTimedOut, ProviderUnavailable

NAME = "single sign-on"
MOST_BYTES = 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Documents:
    """One session for all; no redirect is followed, no proxy of the environment used, no cookie kept."""

    def __init__(self, *, timeout_seconds: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str) -> dict[str, Any]:
        """Raise ProviderFailure."""
        status, document = await self._ask("GET", url)
        if status != 200:
            raise ProviderUnavailable(NAME, f"it answered with the status {status}")
        return document

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The status, which is below 500, and what came with it. Raise ProviderFailure."""
        status, document = await self._ask("POST", url, data=form, headers=headers)
        if status >= 500:
            raise ProviderUnavailable(NAME, f"it answered with the status {status}")
        return status, document

    async def _ask(self, method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.request(method, url, allow_redirects=False, **more) as response:
                body = await _bounded(response)
                return response.status, _object_in(body) if response.status < 500 else {}
        except TimeoutError as error:
            raise ProviderTimedOut(NAME) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderUnavailable(NAME) from error

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            raise ProviderAnswerInvalid(NAME, "it is too long")
    return body


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderAnswerInvalid(NAME, "it is not JSON") from error
    if not isinstance(document, dict):
        raise ProviderAnswerInvalid(NAME, "it is no object of JSON")
    return document


def is_safe(url: str) -> bool:
    """Whether what goes there can be read by nobody on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
