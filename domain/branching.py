"""Where a conversation forks: a message with more than one below it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from domain.conversation import MessageId

Link = tuple[MessageId, MessageId | None]
"""A message and its parent."""


@dataclass(frozen=True, slots=True)
class Fork:
    """`message_ids` are siblings, oldest first; below None they are first messages."""

    parent_id: MessageId | None
    message_ids: tuple[MessageId, ...]


def forks(links: Iterable[Link]) -> list[Fork]:
    """In the order of their parents."""
    by_parent = sorted(links, key=lambda link: (link[1] or 0, link[0]))
    found = [
        Fork(parent, tuple(id for id, _ in siblings)) for parent, siblings in groupby(by_parent, lambda link: link[1])
    ]
    return [fork for fork in found if len(fork.message_ids) > 1]


def newest_below(links: Iterable[Link], top: MessageId) -> MessageId:
    """The end of the branch through `top` that was gone on with last; a message's id is above its parent's."""
    inside, newest = {top}, top
    for id, parent in sorted(links):
        if parent in inside:
            inside.add(id)
            newest = id
    return newest
