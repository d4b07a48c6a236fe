"""Anthropic's server as this process reaches it."""

from typing import Any, Self

from adapters.http.failures import Translator, status_in
from adapters.http.limits import Limits
from adapters.http.redaction import Redaction
from adapters.http.retries import Retries
from adapters.http.server import ProviderServer, checked_key, checked_url, client_options, sent_headers

VENDORS_URL = "https://api.anthropic.com"
NEGOTIABLE = (
    *("signature", "thinking", "adaptive", "effort", "temperature", "top_p"),
    *("output_config", "schema", "tool_choice"),
)
STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status that each type of error has as an answer of its own; in a stream it comes without."""


class AnthropicServer(ProviderServer):
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
        # The SDK costs a second of start and 40 MB: only those pay who use it.
        from anthropic import AsyncAnthropic, DefaultAioHttpClient

        limits, key, url = limits or Limits(), checked_key(api_key), checked_url(base_url or VENDORS_URL)
        http = DefaultAioHttpClient(**client_options(limits, max_connections=max_connections))
        sdk = AsyncAnthropic(api_key=key or "none", base_url=url, max_retries=0, http_client=http)
        translate = Translator(
            provider,
            Redaction(key, url.host),
            connect_seconds=limits.connect_seconds,
            negotiable=NEGOTIABLE,
            status_of=status_of,
        )
        return cls(
            provider=provider,
            limits=limits,
            retries=retries,
            translate=translate,
            base_url=sdk.base_url,
            http=http,
            headers=sent_headers({**sdk.default_headers, **sdk.auth_headers}),
        )


def status_of(error: Any) -> int:
    """The status that the error object of a stream means."""
    kind = error.get("type") if isinstance(error, dict) else None
    return STATUS_OF_TYPE.get(str(kind)) or status_in(error)
