"""Fields of a request that Parley does not know: most are the provider's business, some are nobody's but the
operator's."""

import re
from collections.abc import Collection

from domain.errors import InvalidInput

LAST_WORDS = frozenset({
    "url", "uri", "host", "endpoint", "base", "proxy", "proxies", "header", "headers", "query", "key", "token",
    "secret", "secrets", "credential", "credentials", "password", "organization", "project", "webhook", "callback",
    "callbacks",
})  # fmt: skip
"""What a field is that ends in one of these decides where a request goes, or with whose right."""
NAMES = frozenset({
    "extra_body", "engine", "deployment_id", "custom_llm_provider", "http_client", "user_config", "model_list",
    "fallbacks", "timeout", "max_retries", "num_retries",
})  # fmt: skip
MOST_UNKNOWN = 100
PREFIXES = ("api_", "aws_", "azure_", "vertex_", "litellm_")
HARMLESS = frozenset({"prompt_cache_key"})
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def refuse_operators(names: Collection[str]) -> None:
    """Raise InvalidInput naming the first that is for the operator to set, and for more fields than anyone needs."""
    if len(names) > MOST_UNKNOWN:
        raise InvalidInput("body", f"must have at most {MOST_UNKNOWN} fields that are not known here")
    for name in names:
        plain = HUMP.sub("_", name).lower().replace("-", "_")
        if plain not in HARMLESS and (
            plain in NAMES or plain.startswith(PREFIXES) or plain.rpartition("_")[2] in LAST_WORDS
        ):
            raise InvalidInput(name[:100], "is set by the operator of this server and may not come with a request")
