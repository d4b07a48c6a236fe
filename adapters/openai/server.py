"""An OpenAI-compatible server as this process reaches it."""

from typing import Self

from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.http.failures import Translator
from adapters.http.limits import Limits
from adapters.http.redaction import Redaction
from adapters.http.retries import Retries
from adapters.http.server import ProviderServer, checked_key, checked_url, client_options, sent_headers

VENDORS_URL = "https://api.openai.com/v1"
CALL_IDS = frozenset({"Tool call id", "tool_call_id", "tool_calls"})
NEGOTIABLE = ("stream_options", "max_completion_tokens", "encoding_format", "temperature", "top_p", *CALL_IDS)


class OpenAIServer(ProviderServer):
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
        limits, key, url = limits or Limits(), checked_key(api_key), checked_url(base_url or VENDORS_URL)
        http = DefaultAioHttpClient(**client_options(limits, max_connections=max_connections))
        sdk = AsyncOpenAI(api_key=key or "none", base_url=url, max_retries=0, http_client=http)
        redacted = Redaction(key, url.host)
        return cls(
            provider=provider,
            limits=limits,
            retries=retries,
            translate=Translator(provider, redacted, connect_seconds=limits.connect_seconds, negotiable=NEGOTIABLE),
            base_url=sdk.base_url,
            http=http,
            headers=sent_headers({**sdk.default_headers, **sdk.auth_headers}),
        )
