"""The port of word endings."""

from abc import abstractmethod
from typing import Protocol

from domain.retrieval.terms import Stem


class Stemmer(Protocol):
    @abstractmethod
    def stem_of(self, language: str) -> Stem:
        """How the words of a language (ISO 639-1) lose their endings; unchanged in a language that nobody knows.

        May be called from any thread.
        """
