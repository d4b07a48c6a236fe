"""What people are known by: passwords, signed tokens, a provider of OpenID Connect; a file beside the container."""

import secrets

from adapters.oidc.provider import OidcProvider
from adapters.security.access_tokens import JwtAccessTokens
from adapters.security.passwords import Argon2Passwords
from adapters.security.secret_file import secret_in
from application.access.check_signing_secret import CheckSigningSecret
from domain.errors import StorageUnavailable
from entrypoints.provider_set import CannotStart, Closing
from entrypoints.settings import Settings

NOT_THE_SAME = (
    "This server signs access tokens with another secret than those that share its database: give each the same "
    "PARLEY_SECRET_KEY. If it is the new one for all, say so once with `./run accept-secret`; everybody logs in again"
)
CALLBACK = "/auth/oidc/callback"


def access_tokens(settings: Settings) -> JwtAccessTokens:
    """Signed with the operator's secret, or with one that is kept beside the database. Raise CannotStart."""
    if settings.secret_key is not None:
        return JwtAccessTokens(settings.secret_key.get_secret_value().encode())
    path = settings.secret_file
    if settings.auth == "local" or path is None:
        return JwtAccessTokens(secrets.token_bytes(32))
    try:
        return JwtAccessTokens(secret_in(path))
    except (OSError, ValueError) as error:
        raise CannotStart(f"The secret that signs access tokens: {error}") from error


def hash_passwords(to_close: list[Closing]) -> Argon2Passwords:
    passwords = Argon2Passwords()
    to_close.append(passwords.aclose)
    return passwords


def identity_provider(settings: Settings, to_close: list[Closing]) -> OidcProvider | None:
    """The provider of OpenID Connect that the operator names, if any; nothing is asked of it yet."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.public_url is None:
        return None
    secret = settings.oidc_client_secret
    provider = OidcProvider(
        settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        redirect_uri=f"{settings.public_url}{CALLBACK}",
        scopes=settings.oidc_scopes,
        timeout_seconds=settings.oidc_seconds,
    )
    to_close.append(provider.aclose)
    return provider


async def check_secret(settings: Settings, check: CheckSigningSecret, tokens: JwtAccessTokens) -> None:
    """Where people log in, and the database outlives this process. Raise CannotStart."""
    if settings.auth == "local" or settings.database_url.startswith("memory:"):
        return
    try:
        if not await check(tokens.fingerprint):
            raise CannotStart(NOT_THE_SAME)
    except StorageUnavailable as error:
        raise CannotStart(str(error)) from error
