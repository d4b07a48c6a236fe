"""What a provider says of itself, at its well-known address (OpenID Connect Discovery 1.0)."""

import time
from dataclasses import dataclass
from typing import Any

from adapters.oidc.documents import NAME, Documents, is_safe
from domain.errors import ProviderAnswerInvalid

GOOD_FOR_SECONDS = 3600.0
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_secret_in_body_only: bool


class Discovery:
    """Looked up when it is first needed, so that a provider that is away keeps no server from starting."""

    def __init__(self, issuer: str, documents: Documents) -> None:
        self._issuer, self._documents = issuer, documents
        self._known: tuple[ProviderFacts, float] | None = None

    async def facts(self) -> ProviderFacts:
        """Raise ProviderFailure."""
        if self._known and time.monotonic() < self._known[1]:
            return self._known[0]
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._facts_in(await self._documents.get(url))
        self._known = found, time.monotonic() + GOOD_FOR_SECONDS
        return found

    def _facts_in(self, document: dict[str, Any]) -> ProviderFacts:
        if document.get("issuer") != self._issuer:
            raise ProviderAnswerInvalid(NAME, "it says that its issuer is another than PARLEY_OIDC_ISSUER")
        addresses = {name: str(document.get(name)) for name in ADDRESSES}
        if not all(map(is_safe, addresses.values())):
            raise ProviderAnswerInvalid(NAME, f"it lacks one of {', '.join(ADDRESSES)} at https")
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return ProviderFacts(
            **addresses,
            takes_secret_in_body_only="client_secret_basic" not in methods and "client_secret_post" in methods,
        )
