"""A vendor's errors in our words: by status, by the error object in a stream, by what broke on the way."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import httpx2
import msgspec

from adapters.http.redaction import Redaction
from domain.errors import (
    ProviderAnswerInvalid,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderTimedOut,
    ProviderUnavailable,
)

TRANSPORT_ERRORS = (httpx2.HTTPError, aiohttp.ClientError, OSError)
RETRIED_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
CONNECT_ERRORS = (
    (aiohttp.ClientConnectorDNSError, "its host name is not known"),
    (aiohttp.ClientSSLError, "no TLS connection could be made"),
    ((aiohttp.ClientConnectorError, httpx2.UnsupportedProtocol), "no connection could be made"),
)
UNAVAILABLE_STATUSES = frozenset({408, 409, 425})
WORD = re.compile(r"[A-Za-z_][\w.\[\]-]{0,99}")
KINDS = (
    (401, ("auth", "api_key", "permission")),
    (429, ("rate_limit", "quota", "overloaded", "too_many")),
    (400, ("invalid", "context_length", "bad_request", "not_found", "content_policy", "content_filter")),
)


class Rejected(ProviderRejectedRequest):
    """`names` are those parameters the vendor complains of that can be left out or spelt differently."""

    def __init__(
        self, provider: str, detail: str, names: frozenset[str], *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(provider, detail, vendor_code=code, vendor_param=param)
        self.names = names


class Translator:
    """Makes a ProviderFailure of whatever went wrong; nothing of it names an address or a key.

    `negotiable` are the parameters that the adapter can leave out or spell differently. `status_of` says which status
    the error object in a stream means.
    """

    def __init__(
        self,
        provider: str,
        redacted: Redaction,
        *,
        connect_seconds: float,
        negotiable: Sequence[str] = (),
        status_of: Callable[[Any], int] | None = None,
    ) -> None:
        self.provider = provider
        self._redacted = redacted
        self._connect_seconds = connect_seconds
        self._negotiable = tuple(negotiable)
        self._status_of = status_of or status_in

    def of_status(self, status: int, body: bytes, retry_after_seconds: float | None = None) -> ProviderFailure:
        try:
            document = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            document = None  # a page for people or a cut answer: no words that we could vouch for
        return self._of(status, document, retry_after_seconds)

    def of_error(self, error: Any) -> ProviderFailure:
        """The error object that a stream of status 200 carries."""
        return self._of(self._status_of(error), error, None)

    def of_transport(self, error: BaseException) -> ProviderFailure:
        """A connection that was not made, or that broke. The SDK's client gives refusals and resets out as time-outs,
        so what counts is the error below; its text names the address and is left out."""
        cause = error.__cause__ if isinstance(error, httpx2.HTTPError) else error
        if isinstance(cause, TimeoutError):
            return ProviderTimedOut(self.provider, f"the connect limit of {self._connect_seconds:g} seconds has passed")
        if isinstance(cause, aiohttp.ClientResponseError):
            return ProviderAnswerInvalid(self.provider, "it is not HTTP")
        broken = (why for kind, why in CONNECT_ERRORS if isinstance(cause, kind))
        return ProviderUnavailable(self.provider, next(broken, "the connection broke off"))

    def _of(self, status: int, document: Any, retry_after: float | None) -> ProviderFailure:
        said = _said(document)
        detail = self._redacted(said)
        if status in (401, 403):
            return ProviderCredentialsRefused(self.provider)  # a vendor's words on a key repeat parts of it
        if status in (402, 429):
            return ProviderOverloaded(self.provider, detail, retry_after_seconds=retry_after)
        if status >= 500 or status in UNAVAILABLE_STATUSES:
            detail = f"status {status}" + (f": {detail}" if detail else "")
            return ProviderUnavailable(self.provider, detail, retry_after_seconds=retry_after)
        if status >= 400:
            names = frozenset(name for name in self._negotiable if name in said)
            code, detail = _word_in(document, "code"), detail or f"status {status}"
            if status == 404 and "model" in said.lower():
                code = "model_not_found"
            return Rejected(self.provider, detail, names, code=code, param=_word_in(document, "param"))
        return ProviderAnswerInvalid(self.provider, f"status {status}, which is neither an answer nor an error")


def _said(document: Any) -> str:
    """The sentence in any of the shapes that servers use: OpenAI's, Mistral's, FastAPI's, or a bare string."""
    error = document.get("error", document) if isinstance(document, dict) else document
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail") or error.get("msg") or ""
    if isinstance(error, list):
        error = "; ".join(_said(item) for item in error[:3])
    return error if isinstance(error, str) else ""


def _word_in(document: Any, name: str) -> str | None:
    """A code or a parameter that is a plain word; anything longer might be more than its name says."""
    error = document.get("error", document) if isinstance(document, dict) else None
    value = error.get(name) if isinstance(error, dict) else None
    return value if isinstance(value, str) and WORD.fullmatch(value) else None


def status_in(error: Any) -> int:
    """The status an error object means: the number it carries, or the one that its type and code speak of."""
    values = [str(error.get(name)) for name in ("status", "code", "type")] if isinstance(error, dict) else []
    for value in values:
        if value.isascii() and value.isdecimal() and len(value) == 3 and value >= "400":
            return int(value)
    words = " ".join(values).lower()
    return next((status for status, marks in KINDS if any(mark in words for mark in marks)), 500)
