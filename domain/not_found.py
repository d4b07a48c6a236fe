"""How Parley says no, and that there is no such thing. All other ways are in errors.py, from where to import these."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class Refusal(Exception):
    """Parley will not or cannot do it; `str(error)` says why in one sentence that is safe to show."""

    code: ClassVar[str] = "refused"
    retry_after_seconds: float | None = None


class NotFound(Refusal):
    """No such thing, or not yours: the two look the same."""

    code = "not_found"
    thing: ClassVar[str] = "Thing"

    def __init__(self, id: int | str | None = None) -> None:
        super().__init__(f"{self.thing} not found")
        self.id = id
        self.field: str | None = None
        """Where in its request the caller named the thing, if it was there."""


@contextmanager
def naming(field: str) -> Iterator[None]:
    """What is not found inside of this was named in `field`."""
    try:
        yield
    except NotFound as error:
        error.field = field
        raise


class ApprovalNotFound(NotFound):
    code = "approval_not_found"
    thing = "Approval"


class ConversationNotFound(NotFound):
    code = "conversation_not_found"
    thing = "Conversation"


class DocumentNotFound(NotFound):
    code = "document_not_found"
    thing = "Document"


class FileBatchNotFound(NotFound):
    code = "file_batch_not_found"
    thing = "File batch"


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    thing = "Invitation"


class KeyNotFound(NotFound):
    code = "api_key_not_found"
    thing = "API key"


class MessageNotFound(NotFound):
    code = "message_not_found"
    thing = "Message"


class ModelNotFound(NotFound):
    code = "model_not_found"
    thing = "Model"


class RunNotFound(NotFound):
    code = "run_not_found"
    thing = "Run"


class SessionNotFound(NotFound):
    """Also when it has been idle for longer than the operator lets sessions be."""

    code = "session_not_found"
    thing = "Session"

    def __init__(self, id: int | str | None = None) -> None:
        super().__init__(id)
        self.args = ("Session not found or expired",)


class UserNotFound(NotFound):
    code = "user_not_found"
    thing = "User"


class VectorStoreNotFound(NotFound):
    code = "vector_store_not_found"
    thing = "Vector store"


class WorkflowNotFound(NotFound):
    code = "workflow_not_found"
    thing = "Workflow"
