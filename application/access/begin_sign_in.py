"""Begin to sign in with a provider of OpenID Connect."""

from dataclasses import dataclass

from application.access.sign_in_secrets import secrets_of
from application.ports.chance import NewSecret
from application.ports.identity_provider import IdentityProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSignIn:
    provider: IdentityProvider
    new_secret: NewSecret

    async def __call__(self) -> tuple[str, str]:
        """Where the browser is sent to, and the seed that it has to bring back. Raise ProviderFailure."""
        seed = self.new_secret()
        return await self.provider.address(secrets_of(seed)), seed
