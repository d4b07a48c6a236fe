"""The port of everything that one owner has, whatever it is."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.access import OwnerId


@dataclass(frozen=True, slots=True)
class OwnedRecord:
    """One record of a kind, in words and numbers that JSON has; hashes of secrets are left out."""

    kind: str
    values: Mapping[str, Any]


class OwnedData(Protocol):
    @abstractmethod
    async def kinds(self) -> list[str]:
        """What records there are, in an order in which each comes after what it refers to."""

    @abstractmethod
    async def page(self, kind: str, *, owner: OwnerId, skip: int, limit: int) -> list[OwnedRecord]:
        """The owner's records of this kind from the one after `skip` on, in an order that does not change."""

    @abstractmethod
    async def erase(self, owner: OwnerId) -> None:
        """Delete all of it but the ledger's numbers, which are nobody's from now on, and the audit log's entries, in
        which no address is left."""
