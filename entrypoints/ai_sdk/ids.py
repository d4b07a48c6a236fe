"""What messages, parts and calls are called in this dialect. Clients choose names of their own; these are ours."""

import re

from domain.conversation import ConversationId, MessageId

MESSAGE = re.compile(r"msg_\d{1,18}_(\d{1,18})")
CALL = re.compile(r"m\d{1,18}\.(.+)", re.DOTALL)


def ui_message_id(conversation: ConversationId, message: MessageId) -> str:
    return f"msg_{conversation}_{message}"


def message_id_of(id: str) -> MessageId | None:
    """None for a name that a client chose."""
    found = MESSAGE.fullmatch(id)
    return MessageId(int(found[1])) if found else None


def ui_part_id(message: MessageId, place: int) -> str:
    return f"m{message}-{place}"


def ui_call_id(message: MessageId, call_id: str) -> str:
    """Clients look for a call in all messages, and some models call every first call of an answer the same."""
    return f"m{message}.{call_id}"


def call_id_of(id: str) -> str:
    """What the model called it."""
    found = CALL.fullmatch(id)
    return found[1] if found else id
