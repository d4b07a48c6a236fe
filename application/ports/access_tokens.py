"""The port of access tokens, signed, short-lived and naming a login; and of what follows a refresh token."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import LoginId, UserId


@dataclass(frozen=True, slots=True)
class TokenClaims:
    user_id: UserId
    login_id: LoginId
    expires_at: datetime


class AccessTokens(Protocol):
    @abstractmethod
    def issue(self, claims: TokenClaims, *, at: datetime) -> str:
        """Signed, good from `at` until the claims expire."""

    @abstractmethod
    def successor(self, secret: str) -> str:
        """The secret that follows another: always the same, on every replica, and nobody else can tell it."""

    @abstractmethod
    def read(self, token: str) -> TokenClaims:
        """What a token that was issued here says. Raise Unauthenticated for any other and for one that has expired."""
