"""What callers note on things for themselves: a few short words, which Parley keeps and gives back."""

from collections.abc import Mapping

from domain.conversation import storable
from domain.errors import InvalidInput

PAIRS = 16
KEY_CHARACTERS = 64
VALUE_CHARACTERS = 512


def checked_metadata(value: Mapping[str, str], *, field: str = "metadata") -> dict[str, str]:
    """A copy, or InvalidInput naming `field`: too many pairs, a key or value too long, or not storable."""
    if len(value) > PAIRS:
        raise InvalidInput(field, f"must have at most {PAIRS} pairs, not {len(value):,}")
    for key, said in value.items():
        if not 0 < len(key) <= KEY_CHARACTERS:
            raise InvalidInput(field, f"a key must have 1 to {KEY_CHARACTERS} characters, not {len(key):,}")
        if len(said) > VALUE_CHARACTERS:
            raise InvalidInput(field, f"a value must have at most {VALUE_CHARACTERS} characters, not {len(said):,}")
        storable(key, field=field)
        storable(said, field=field)
    return dict(value)
