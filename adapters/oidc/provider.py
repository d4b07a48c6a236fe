"""A provider of OpenID Connect: the code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700)."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote_plus, urlencode

from adapters.oidc.discovery import Discovery, ProviderFacts
from adapters.oidc.documents import NAME, Documents
from adapters.oidc.id_token import IdTokens, Keys
from application.ports.identity_provider import IdentityProvider, ProvenIdentity, SignInSecrets
from domain.errors import ProviderAnswerInvalid, ProviderCredentialsRefused, TooBusy, Unauthenticated

MOST_AT_ONCE = 20
LONGEST_SUBJECT = 255
REFUSED = "The provider does not take this sign-in any more: sign in again"


class OidcProvider(IdentityProvider):
    """`issuer` is exactly what the provider says of itself; `redirect_uri` is where it sends the browser back to.

    Each request to it may take `timeout_seconds`, and MOST_AT_ONCE codes are looked at at a time.
    """

    def __init__(
        self,
        issuer: str,
        *,
        client_id: str,
        client_secret: str | None,
        redirect_uri: str,
        scopes: str,
        timeout_seconds: float = 10,
    ) -> None:
        self._client_id, self._client_secret = client_id, client_secret
        self._issuer, self._redirect_uri, self._scopes = issuer, redirect_uri, scopes
        self._documents = Documents(timeout_seconds=timeout_seconds)
        self._discovery = Discovery(issuer, self._documents)
        self._id_tokens = IdTokens(Keys(self._documents), issuer=issuer, client_id=client_id)
        self._under_way = 0

    async def address(self, secrets: SignInSecrets) -> str:
        facts = await self._discovery.facts()
        challenge = urlsafe_b64encode(hashlib.sha256(secrets.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._scopes,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in facts.authorization_endpoint else "?"
        return f"{facts.authorization_endpoint}{joint}{urlencode(query)}"

    async def prove(self, code: str, secrets: SignInSecrets) -> ProvenIdentity:
        if self._under_way >= MOST_AT_ONCE:
            raise TooBusy("Too many people are signing in at this moment; try again shortly")
        self._under_way += 1
        try:
            facts = await self._discovery.facts()
            token = await self._exchange(facts, code, secrets.verifier)
            claims = await self._id_tokens.read(token, jwks_uri=facts.jwks_uri, nonce=secrets.nonce)
        finally:
            self._under_way -= 1
        return self._identity(claims)

    async def _exchange(self, facts: ProviderFacts, code: str, verifier: str) -> str:
        """The ID token for a code; of what else the provider gives nothing is kept."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
            "client_id": self._client_id,
        }
        headers = {"Accept": "application/json"}
        if self._client_secret and facts.takes_secret_in_body_only:
            form["client_secret"] = self._client_secret
        elif self._client_secret:  # RFC 6749, 2.3.1: each half is encoded as in a form
            pair = f"{quote_plus(self._client_id)}:{quote_plus(self._client_secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        status, document = await self._documents.post(facts.token_endpoint, form, headers)
        if document.get("error") in ("invalid_client", "unauthorized_client"):
            raise ProviderCredentialsRefused(NAME, "see PARLEY_OIDC_CLIENT_ID and PARLEY_OIDC_CLIENT_SECRET")
        if status != 200:
            raise Unauthenticated(REFUSED)
        token = document.get("id_token")
        if not isinstance(token, str):
            raise ProviderAnswerInvalid(NAME, "it has no id_token")
        return token

    def _identity(self, claims: dict[str, Any]) -> ProvenIdentity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
            raise ProviderAnswerInvalid(NAME, "its subject is none")
        email = claims.get("email")
        verified = email if isinstance(email, str) and claims.get("email_verified") is True else None
        names = [claims.get("preferred_username"), verified, claims.get("name")]
        return ProvenIdentity(self._issuer, subject, tuple(n for n in names if isinstance(n, str) and n), verified)

    async def aclose(self) -> None:
        await self._documents.aclose()
