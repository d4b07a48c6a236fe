"""Which documents a caller may attach to a conversation, as far as that needs no look at them."""

from collections.abc import Sequence

from domain.access import Need, Principal, may
from domain.citation import DocumentId
from domain.conversation import checked_documents
from domain.errors import Forbidden


def attachable(principal: Principal, documents: Sequence[DocumentId]) -> tuple[DocumentId, ...]:
    """Each once. Raise InvalidInput (`documents`), or Forbidden for a key that may not look at documents."""
    if documents and not may(principal, Need.DOCUMENTS, looks=True):
        raise Forbidden("This key may not look at documents: it needs the scope documents or read")
    return checked_documents(documents)
