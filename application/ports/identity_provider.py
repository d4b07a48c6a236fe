"""The port of a provider of OpenID Connect, which knows who people are."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignInSecrets:
    """What one sign-in is tied together by. `state` comes back through the browser, `nonce` in the provider's proof;
    only who has `verifier` can use the code.
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Who somebody is, as the provider has signed it. `email` is one that it has verified."""

    issuer: str
    subject: str
    names: tuple[str, ...] = ()
    """What they may want to be called, the best first."""
    email: str | None = None


class IdentityProvider(Protocol):
    @abstractmethod
    async def address(self, secrets: SignInSecrets) -> str:
        """Where the browser is sent to. Raise ProviderFailure."""

    @abstractmethod
    async def prove(self, code: str, secrets: SignInSecrets) -> ProvenIdentity:
        """Who the code that came back stands for, which is good once.

        Raise Unauthenticated when the provider does not take it or its proof is not good, ProviderFailure when it does
        not answer in time or not as it should.
        """
