"""What an answer says of a switch of models: what of the conversation, or of the wishes, could not be kept."""

from collections.abc import Sequence
from typing import Any


def compat_of(dropped: Sequence[str]) -> dict[str, Any]:
    """A field to add to an answer; none when nothing was dropped."""
    return {"compat": {"dropped": list(dropped)}} if dropped else {}
