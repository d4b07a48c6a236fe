"""Finish signing in with a provider of OpenID Connect."""

import hmac
from dataclasses import dataclass

from application.access.credentials import Credentials
from application.access.known_person import SignInRules, known_person
from application.access.log_in import MOST_LOGINS
from application.access.login_tokens import LoginTokens, TokenPair
from application.access.sign_in_secrets import secrets_of
from application.ports.identity_provider import IdentityProvider
from application.ports.storage import BeginTransaction
from domain.errors import Unauthenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishSignIn:
    begin: BeginTransaction
    provider: IdentityProvider
    rules: SignInRules
    tokens: LoginTokens
    credentials: Credentials

    async def __call__(
        self, *, code: str, state: str, seed: str | None, invitation: str | None, is_local: bool
    ) -> TokenPair:
        """Log the person in whom the provider names, and register them if they may.

        `seed` is what their browser was given when it began: a code that anybody else obtained is of no use in it.
        Raise Unauthenticated, Forbidden (nobody may register, or the user is disabled), ProviderFailure.
        """
        secrets = secrets_of(seed or "")
        if not seed or not hmac.compare_digest(secrets.state.encode(), state.encode("utf-8", "replace")):
            raise Unauthenticated("This sign-in did not begin in this browser, or too long ago: sign in again")
        proven = await self.provider.prove(code, secrets)
        async with self.begin() as tx:
            user, taken_over = await known_person(tx, self.rules, proven, invitation=invitation, is_local=is_local)
            login, pair = self.tokens.begin(user.id)
            await tx.logins.add(login, most=MOST_LOGINS)
            await tx.commit()
        if taken_over:
            self.credentials.forget()
        return pair
