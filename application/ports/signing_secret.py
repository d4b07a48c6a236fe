"""The port of the fingerprint of the secret that signs tokens, so that all who share a store have the same secret."""

from abc import abstractmethod
from typing import Protocol


class SigningSecret(Protocol):
    @abstractmethod
    async def kept(self, fingerprint: str) -> str:
        """The fingerprint that is kept: this one, if there was none."""

    @abstractmethod
    async def replace(self, fingerprint: str) -> None:
        """Keep this one from now on."""
