"""The port of those who are told that a person is asked something."""

from abc import abstractmethod
from typing import Protocol

from domain.approval import Approval


class NoticeNotTaken(Exception):
    """It could not be delivered now; `str(error)` says why, for the operator."""


class ApprovalNotifier(Protocol):
    @abstractmethod
    async def notify(self, approval: Approval) -> None:
        """Tell of a question that is open. Raise NoticeNotTaken: then it is told again later.

        The same question may be told of more than once, always under the same id.
        """
