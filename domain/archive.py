"""A conversation with all its messages."""

from dataclasses import dataclass

from domain.conversation import Conversation, Message


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """Messages of every branch by rising id, so that each comes after its parent."""

    conversation: Conversation
    messages: tuple[Message, ...]
