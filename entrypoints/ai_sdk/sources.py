"""What an answer cites, as a part of a page's message."""

from mimetypes import guess_type
from typing import Any

from domain.citation import Citation
from domain.conversation import MessageId
from entrypoints.http.sources import source_object


def source_document(message: MessageId, citation: Citation) -> dict[str, Any]:
    """All that is known of the source is under `providerMetadata.parley`, as on the native routes."""
    return {
        "type": "source-document",
        "sourceId": f"{message}-{citation.number}",
        "mediaType": guess_type(citation.filename)[0] or "text/plain",
        "title": f"[{citation.number}] {citation.filename}",
        "filename": citation.filename,
        "providerMetadata": {"parley": source_object(citation)},
    }
