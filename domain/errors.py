"""Every way Parley says no. `code` is stable and public; the message is for people and names what to do.

Refusal
├── NotFound                     also when it belongs to somebody else
│   ├── ApprovalNotFound
│   ├── ConversationNotFound
│   ├── DocumentNotFound
│   ├── FileBatchNotFound
│   ├── InvitationNotFound
│   ├── KeyNotFound              an API key
│   ├── MessageNotFound
│   ├── ModelNotFound
│   ├── RunNotFound
│   ├── SessionNotFound
│   ├── UserNotFound
│   ├── VectorStoreNotFound
│   └── WorkflowNotFound
├── InvalidInput                 names the field
│   ├── CursorAhead
│   ├── DocumentTooLarge         names the bound
│   ├── DocumentUnreadable       names the cause
│   ├── KeyReused                the same Idempotency-Key came with another request
│   ├── TargetLanguageMissing
│   └── UnsupportedDocument      names what can be read
├── Unauthenticated
├── Forbidden
├── NameTaken
├── TooManyAttempts              says when to come back
├── LimitReached                 names the limit, and says when to come back
├── PriceUnknown                 nobody can say whether it fits into a budget
├── ReplyInProgress              names the run that is in the way
├── ApprovalClosed               says how it was decided
├── DocumentConflict             this cannot happen to a document in its state
├── BlobLost                     the bytes of an upload are not where they should be
├── KeyInUse                     a twin of this request is under way; says when to come back
├── RunLost                      another worker owns the run now; never shown to a caller
├── TooBusy                      says when to come back
│   └── ServerStopping
├── WorkflowInvalid              its definition has mistakes, which are for the operator
├── StorageUnavailable
│   └── StorageFull
└── ProviderFailure              a stranger's failure, in our words
    ├── ProviderCredentialsRefused
    ├── ProviderRejectedRequest  the caller's request is at fault, so it is never retried
    ├── ProviderOverloaded       says when to come back
    ├── ProviderUnavailable
    ├── ProviderTimedOut
    └── ProviderAnswerInvalid
        └── AnswerDoesNotFit     not the JSON that was asked for, also when it was asked for again
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from domain.not_found import (
    ApprovalNotFound as ApprovalNotFound,
)
from domain.not_found import (
    ConversationNotFound as ConversationNotFound,
)
from domain.not_found import (
    DocumentNotFound as DocumentNotFound,
)
from domain.not_found import (
    FileBatchNotFound as FileBatchNotFound,
)
from domain.not_found import (
    InvitationNotFound as InvitationNotFound,
)
from domain.not_found import (
    KeyNotFound as KeyNotFound,
)
from domain.not_found import (
    MessageNotFound as MessageNotFound,
)
from domain.not_found import (
    ModelNotFound as ModelNotFound,
)
from domain.not_found import (
    NotFound as NotFound,
)
from domain.not_found import (
    Refusal as Refusal,
)
from domain.not_found import (
    RunNotFound as RunNotFound,
)
from domain.not_found import (
    SessionNotFound as SessionNotFound,
)
from domain.not_found import (
    UserNotFound as UserNotFound,
)
from domain.not_found import (
    VectorStoreNotFound as VectorStoreNotFound,
)
from domain.not_found import (
    WorkflowNotFound as WorkflowNotFound,
)
from domain.not_found import (
    naming as naming,
)
from domain.usage import Usage


class InvalidInput(Refusal):
    """`field` is the name the caller used; the message says what is allowed."""

    code = "invalid_input"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class CursorAhead(InvalidInput):
    """The cursor names an event that has not happened."""

    code = "cursor_ahead"

    def __init__(self, after: int, last: int) -> None:
        super().__init__("after", f"{after} is ahead of the last event, {last}")


class DocumentTooLarge(InvalidInput):
    """`bound` says what it may have at most, as in "pages: at most 2000"."""

    code = "document_too_large"

    def __init__(self, bound: str) -> None:
        super().__init__("file", f"is too large ({bound})")
        self.bound = bound


class UnreadableCause(StrEnum):
    """Why a document of a kind that can be read could not be; the value says it after "the document"."""

    EMPTY = "holds no text"
    SCANNED = "holds pictures of pages and no text; run text recognition (OCR) over it first"
    ENCRYPTED = "is protected by a password; remove it first"
    DAMAGED = "is damaged"
    TOO_MUCH = "unpacks to far more than its size, or needs more memory than it may have"
    TIMED_OUT = "took too long to read"


class DocumentUnreadable(InvalidInput):
    """Reading it again would end the same way; `cause` is for programs."""

    code = "document_unreadable"

    def __init__(self, cause: UnreadableCause, detail: str = "") -> None:
        super().__init__("file", f"the document {cause.value}" + (f" ({detail})" if detail else ""))
        self.cause = cause


class KeyReused(InvalidInput):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("Idempotency-Key", "was first sent with another request; use a fresh one")


class TargetLanguageMissing(InvalidInput):
    code = "target_language_missing"

    def __init__(self) -> None:
        super().__init__("target_language", "must be given when the task is translate")


class UnsupportedDocument(InvalidInput):
    """`found` says what it is instead, when that is known."""

    code = "unsupported_document"

    def __init__(self, found: str = "") -> None:
        what = f"is {found}" if found else "is of a kind that is not known here"
        super().__init__("file", f"{what}; what can be read is PDF, plain text, Markdown, HTML, Word (.docx) and CSV")
        self.found = found


class Unauthenticated(Refusal):
    code = "unauthenticated"


class Forbidden(Refusal):
    code = "forbidden"


class NameTaken(Refusal):
    code = "name_taken"

    def __init__(self) -> None:
        super().__init__("Somebody has this name already")


class TooManyAttempts(Refusal):
    """So many wrong passwords that not even the right one is looked at for a while."""

    code = "too_many_attempts_to_log_in"

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("Too many wrong passwords; wait, then try again")
        self.retry_after_seconds = retry_after_seconds


class LimitReached(Refusal):
    """`limit` is its name among the settings, as in `tokens_per_day`, and `scope` whose it is."""

    code = "limit_reached"

    def __init__(self, limit_said: str, scope: str, limit: str, retry_after_seconds: float) -> None:
        super().__init__(
            f"{limit_said}, and it is used up; come back in {max(1, round(retry_after_seconds)):,} seconds"
        )
        self.scope = scope
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds


class PriceUnknown(Refusal):
    code = "model_price_unknown"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The price of the model {model!r} is not known here, and what you may spend is limited: choose another "
            "model, or have its price put into the server's PARLEY_MODELS_FILE"
        )


class ReplyInProgress(Refusal):
    """One active run per conversation; `run_id` is the one that is running."""

    code = "reply_in_progress"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} is still answering in this conversation; follow it, cancel it or wait")
        self.run_id = run_id


class ApprovalClosed(Refusal):
    """Exactly one decision wins; the others hear which one did. `how` may also be that it expired, or became void."""

    code = "approval_closed"

    def __init__(self, approval_id: int, how: str) -> None:
        super().__init__(f"Approval {approval_id} was {how}; it cannot be decided any more")
        self.approval_id = approval_id
        self.how = how


class DocumentConflict(Refusal):
    """`status` is what it is, `wanted` what it cannot become from there."""

    code = "document_conflict"

    def __init__(self, status: str, wanted: str) -> None:
        super().__init__(f"The document is {status}; it cannot become {wanted}")
        self.status = status
        self.wanted = wanted


class BlobLost(Refusal):
    """The bytes of the document are not in the store any more, or came too late to be kept."""

    code = "blob_lost"

    def __init__(self) -> None:
        super().__init__("The bytes of this document are not where they were put; upload it again")


class KeyInUse(Refusal):
    """The first request with this Idempotency-Key is still under way."""

    code = "idempotency_key_in_use"
    retry_after_seconds = 1.0

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still under way; ask again for its answer")


class RunLost(Refusal):
    """The fence has moved on: another worker owns the run, or it has already ended."""

    code = "run_lost"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} is no longer owned by this worker")
        self.run_id = run_id


class TooBusy(Refusal):
    code = "too_busy"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ServerStopping(TooBusy):
    code = "server_stopping"

    def __init__(self) -> None:
        super().__init__("This server is stopping; come back with the cursor that you have", retry_after_seconds=5.0)


class WorkflowInvalid(Refusal):
    """`mistakes` are sentences for the operator; callers are told only that there are some."""

    code = "workflow_invalid"

    def __init__(self, name: str, mistakes: Sequence[str]) -> None:
        super().__init__(f"The workflow {name!r} cannot be used: there are mistakes in its definition on this server")
        self.mistakes = tuple(mistakes)


class StorageUnavailable(Refusal):
    code = "storage_unavailable"
    retry_after_seconds = 1.0

    def __init__(self, message: str = "The database does not answer; nothing was changed. Try again shortly") -> None:
        super().__init__(message)


class StorageFull(StorageUnavailable):
    code = "storage_full"

    def __init__(self) -> None:
        super().__init__("The database has no room left; nothing was changed")


class ProviderFailure(Refusal):
    """`provider` is the configured name, never an address or a key."""

    code = "provider_failure"
    said: ClassVar[str] = "failed"

    def __init__(self, provider: str, detail: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"The provider {provider!r} {self.said}" + (f": {detail}" if detail else ""))
        self.provider = provider
        self.retry_after_seconds = retry_after_seconds


class ProviderCredentialsRefused(ProviderFailure):
    code = "provider_credentials_refused"
    said = "refused the API key that this server is configured with"


class ProviderRejectedRequest(ProviderFailure):
    """`vendor_code` and `vendor_param` are the vendor's own words for what is wrong and where, if it has any."""

    code = "provider_rejected_request"
    said = "rejected the request"

    def __init__(
        self, provider: str, detail: str = "", *, vendor_code: str | None = None, vendor_param: str | None = None
    ) -> None:
        super().__init__(provider, detail)
        self.vendor_code = vendor_code
        self.vendor_param = vendor_param


class ProviderOverloaded(ProviderFailure):
    code = "provider_overloaded"
    said = "is limiting requests"


class ProviderUnavailable(ProviderFailure):
    code = "provider_unavailable"
    said = "is unavailable"


class ProviderTimedOut(ProviderFailure):
    code = "provider_timed_out"
    said = "did not answer in time"


class ProviderAnswerInvalid(ProviderFailure):
    code = "provider_answer_invalid"
    said = "gave an answer that cannot be read"


class AnswerDoesNotFit(ProviderAnswerInvalid):
    """`usage` is what the tries cost all the same."""

    code = "answer_does_not_fit"
    said = "did not give an answer of the shape that was asked for"

    def __init__(self, provider: str, detail: str = "", *, usage: Usage | None = None) -> None:
        super().__init__(provider, detail)
        self.usage = usage


SPENDS_NO_MORE = (LimitReached, PriceUnknown)
"""Why a model is not asked although its provider would answer."""
