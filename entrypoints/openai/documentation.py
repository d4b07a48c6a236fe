"""What /docs says of the errors of every route under /v1."""

from typing import Any

from entrypoints.openai.schemas import ErrorOut

ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorOut, "description": "The request is at fault, or comes too soon (429 has `Retry-After`)"},
    "5XX": {"model": ErrorOut, "description": "This server or the provider is at fault"},
}


def answered(model: Any, *, streamed: str = "") -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with a document, or with a stream like this one."""
    return {200: {"model": model, "content": {"text/event-stream": {"example": streamed}} if streamed else {}}}
