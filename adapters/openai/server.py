"""An OpenAI-compatible server as this process reaches it: one pool of connections, its limits and its retries."""

import logging
from dataclasses import dataclass, field
from typing import Self

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.openai.answer import Answer
from adapters.openai.failures import RETRIED_STATUSES, TRANSPORT_ERRORS, Translator
from adapters.openai.limits import Limits, Patience
from adapters.openai.redaction import Redaction
from adapters.openai.retries import Retries, Setback
from domain.errors import ProviderAnswerInvalid

VENDORS_URL = "https://api.openai.com/v1"
KEEP_ALIVE_SECONDS = 15.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIServer:
    """The SDK names the server, holds the credentials and brings the HTTP client. Its request builder, which costs as
    much as all the rest of a call, and its own retries are left out."""

    provider: str
    limits: Limits
    retries: Retries
    translate: Translator = field(repr=False)
    _sdk: AsyncOpenAI = field(repr=False)
    _http: httpx2.AsyncClient = field(repr=False)
    _headers: httpx2.Headers = field(repr=False)

    @classmethod
    def connect(
        cls,
        *,
        provider: str,
        api_key: str,
        retries: Retries,
        base_url: str | None = None,
        limits: Limits | None = None,
        max_connections: int = 0,
    ) -> Self:
        """Nothing is sent before the first call. `max_connections` 0 is any number; what is above it waits, within the
        connect limit. An empty key is for servers that need none. Raise ValueError for an address or a key that cannot
        be used."""
        limits, key, url = limits or Limits(), _checked_key(api_key), _checked_url(base_url or VENDORS_URL)
        # The HTTP client names the address of every call at INFO, and nobody asked it to.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        http = DefaultAioHttpClient(
            timeout=httpx2.Timeout(None, connect=limits.connect_seconds, pool=limits.connect_seconds),
            limits=httpx2.Limits(max_connections=max_connections, keepalive_expiry=KEEP_ALIVE_SECONDS),
            follow_redirects=False,  # a stranger never sends our key on to another
        )
        sdk = AsyncOpenAI(api_key=key or "none", base_url=url, max_retries=0, http_client=http)
        translate = Translator(provider, Redaction(key, url.host), connect_seconds=limits.connect_seconds)
        return cls(
            provider=provider,
            limits=limits,
            retries=retries,
            translate=translate,
            _sdk=sdk,
            _http=http,
            _headers=_headers_of(sdk),
        )

    async def aclose(self) -> None:
        """Close every connection. End the streams first: one that is still read would notice at its idle limit only."""
        await self._sdk.close()

    def address(self, path: str) -> httpx2.URL:
        """Below the base address, whose query (some gateways want an `api-version`) stays."""
        base = self._sdk.base_url
        folder, question_mark, query = base.raw_path.partition(b"?")
        return base.copy_with(raw_path=folder + path.encode() + question_mark + query)

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
        request = httpx2.Request("POST", address, headers=self._headers, content=body)
        answer = None
        try:
            with patience.limit("first-byte", first_byte_seconds):
                response = await self._http.send(request, stream=True)
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


def _checked_url(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise ValueError("the base URL of a provider must be http(s)://host/path, without a user name")
    return url


def _checked_key(api_key: str) -> str:
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key of a provider must be of printable ASCII characters")
    return key


def _headers_of(sdk: AsyncOpenAI) -> httpx2.Headers:
    """The SDK's, but for those that describe this machine. No compression: bytes are read as they come."""
    headers = {
        name: value for name, value in {**sdk.default_headers, **sdk.auth_headers}.items() if isinstance(value, str)
    }
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("x-stainless-")}
    return httpx2.Headers({**kept, "Accept-Encoding": "identity"})
