"""Who is asking."""

from dataclasses import dataclass
from typing import NewType

OwnerId = NewType("OwnerId", str)

LOCAL_OWNER = OwnerId("local")


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller, as the credential says; a `user_id` in a body is a label within `owner`, never an identity."""

    owner: OwnerId
