"""What somebody may have meant who wrote a name that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

COMPARED = 100
"""Names at most, and characters of the name: comparing is slow."""


def meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'topic'?`, or nothing when no name that is known is near."""
    near = get_close_matches(name[:COMPARED], list(islice(known, COMPARED)), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
