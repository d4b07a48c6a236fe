"""The port of the workflows that this server knows."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

from domain.workflows.workflow import Workflow


@dataclass(frozen=True, slots=True)
class WorkflowFault:
    """A definition that cannot be used; `source` is where the operator finds it, `mistakes` are sentences."""

    source: str
    mistakes: tuple[str, ...]


class WorkflowCatalogue(Protocol):
    """It was read once, and stays as it is: nothing here waits. Every workflow is under its own name."""

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Those of the workflows that can be run, in the order of the alphabet."""

    @abstractmethod
    def get(self, name: str) -> Workflow:
        """Raise WorkflowNotFound, or WorkflowInvalid when there is one whose definition has mistakes."""

    @abstractmethod
    def faults(self) -> tuple[WorkflowFault, ...]:
        """What could not be read or used, for the operator alone."""
