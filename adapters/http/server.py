"""A provider's server as this process reaches it: one pool of connections, its limits and its retries."""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2

from adapters.http.answer import Answer
from adapters.http.failures import RETRIED_STATUSES, TRANSPORT_ERRORS, Translator
from adapters.http.limits import Limits, Patience
from adapters.http.retries import Retries, Setback
from domain.errors import ProviderAnswerInvalid

KEEP_ALIVE_SECONDS = 15.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderServer:
    """The vendor's SDK names the server, holds the credentials and brings the HTTP client. Its request builder, which
    costs as much as all the rest of a call, and its own retries are left out."""

    provider: str
    limits: Limits
    retries: Retries
    translate: Translator = field(repr=False)
    base_url: httpx2.URL = field(repr=False)
    http: httpx2.AsyncClient = field(repr=False)
    headers: httpx2.Headers = field(repr=False)

    async def aclose(self) -> None:
        """Close every connection. End the streams first: one that is still read would notice at its idle limit only."""
        await self.http.aclose()

    def address(self, path: str) -> httpx2.URL:
        """Below the base address, whose query (some gateways want an `api-version`) stays."""
        folder, question_mark, query = self.base_url.raw_path.partition(b"?")
        below = folder.rstrip(b"/") + b"/" + path.encode()
        return self.base_url.copy_with(raw_path=below + question_mark + query)

    async def post(self, address: httpx2.URL, body: bytes, *, first_byte_seconds: float | None = None) -> Answer:
        """Send JSON and wait for the first bytes of the answer's body, trying again as the retries allow.

        `first_byte_seconds` is for answers of which nothing comes before they are whole; else the server's limit holds.
        Raise ProviderFailure. When cancelled, the connection is closed first.
        """
        patience = Patience(self.provider, self.limits.total_seconds)
        first_byte_seconds = first_byte_seconds or self.limits.first_byte_seconds
        attempt = 0
        try:
            while True:
                attempt += 1
                outcome = await self._attempt(address, body, patience, first_byte_seconds)
                if isinstance(outcome, Answer):
                    return outcome
                delay = self.retries.delay_seconds(outcome, attempt)
                if delay is None or delay > patience.left_seconds:
                    raise outcome.failure
                log.info("%s: attempt %d: %s; again in %.1f s", self.provider, attempt, outcome.failure.code, delay)
                await self.retries.sleep(delay)
        except BaseException:
            patience.close()
            raise

    async def _attempt(
        self, address: httpx2.URL, body: bytes, patience: Patience, first_byte_seconds: float
    ) -> Answer | Setback:
        request = httpx2.Request("POST", address, headers=self.headers, content=body)
        answer = None
        try:
            with patience.limit("first-byte", first_byte_seconds):
                response = await self.http.send(request, stream=True)
                answer = Answer(response, patience, self.translate, idle_seconds=self.limits.idle_seconds)
                if answer.status == 200:
                    await answer.wait_for_first()
            if answer.status != 200:
                return await self._setback(answer)
            opened, answer = answer, None
            return opened
        except TRANSPORT_ERRORS as error:
            failure = self.translate.of_transport(error)
            return Setback(failure, again=not isinstance(failure, ProviderAnswerInvalid))
        finally:
            if answer is not None:
                await answer.aclose()

    async def _setback(self, answer: Answer) -> Setback:
        asked = self.retries.asked_seconds(answer.headers)
        failure = self.translate.of_status(answer.status, await answer.words_of_error(), asked)
        again = answer.status in RETRIED_STATUSES and answer.headers.get("x-should-retry") != "false"
        return Setback(failure, again)


def checked_url(base_url: str) -> httpx2.URL:
    """Raise ValueError for an address that cannot be used, without repeating it."""
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise ValueError("the base URL of a provider must be http(s)://host/path, without a user name")
    return url


def checked_key(api_key: str) -> str:
    """Without what surrounds it. Raise ValueError for a key that cannot be used, without repeating it."""
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key of a provider must be of printable ASCII characters")
    return key


def client_options(limits: Limits, *, max_connections: int) -> dict[str, Any]:
    """How the HTTP client of any SDK is made. `max_connections` 0 is any number; what is above it waits, within the
    connect limit."""
    # The HTTP client names the address of every call at INFO, and nobody asked it to.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    return {
        "timeout": httpx2.Timeout(None, connect=limits.connect_seconds, pool=limits.connect_seconds),
        "limits": httpx2.Limits(max_connections=max_connections, keepalive_expiry=KEEP_ALIVE_SECONDS),
        "follow_redirects": False,  # a stranger never sends our key on to another
        "verify": _trusted(),
    }


@cache
def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts, read once for all providers: it takes 20 ms and more of a start."""
    return httpx2.create_ssl_context()


def sent_headers(headers: Mapping[str, object]) -> httpx2.Headers:
    """An SDK's, but for those that describe this machine. No compression: bytes are read as they come."""
    kept = {
        name: value
        for name, value in headers.items()
        if isinstance(value, str) and not name.lower().startswith("x-stainless-")
    }
    return httpx2.Headers({**kept, "Accept-Encoding": "identity"})
