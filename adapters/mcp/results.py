"""What an MCP tool answers, as text for a model."""

import json
from collections.abc import Iterable
from typing import Any

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from application.ports.tools import ToolFailed

MOST_CHARACTERS = 100_000
MOST_WORDS = 1000


def text_of(result: CallToolResult) -> str:
    """Texts one below the other, what is no text described, and structured content that no text has said.

    Raise ToolFailed with the same text when the tool says that it failed.
    """
    pieces = [_described(block) for block in result.content]
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if result.structured_content is not None and not _is_said(result.structured_content, texts):
        pieces.append(json.dumps(result.structured_content, ensure_ascii=False))
    text = cut("\n".join(piece for piece in pieces if piece), MOST_CHARACTERS)
    if result.is_error:
        raise ToolFailed(text or "The tool failed and did not say why")
    return text or "Done."


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}\n[cut: {len(text):,} characters in all]"


def _described(block: ContentBlock) -> str:
    match block:
        case TextContent(text=text):
            return text
        case ImageContent(data=data, mime_type=kind) | AudioContent(data=data, mime_type=kind):
            return f"[{block.type} of type {cut(kind, 100)}, {_size(data)}, not shown]"
        case ResourceLink(name=name, uri=uri, description=words):
            return cut(f"[resource {name}: {uri}]" + (f" {words}" if words else ""), MOST_WORDS)
        case EmbeddedResource(resource=TextResourceContents(uri=uri, text=text)):
            return f"[resource {cut(uri, MOST_WORDS)}]\n{text}"
        case EmbeddedResource(resource=BlobResourceContents(uri=uri, blob=data, mime_type=kind)):
            return f"[resource {cut(uri, MOST_WORDS)} of type {cut(kind or 'unknown', 100)}, {_size(data)}, not shown]"
    return ""


def _size(base64: str) -> str:
    return f"{len(base64) * 3 // 4:,} bytes"


def _is_said(structured: Any, texts: Iterable[str]) -> bool:
    """The protocol asks servers to say it as text too; some say only what stands under `result`."""
    sayings = [structured]
    if isinstance(structured, dict) and list(structured) == ["result"]:
        sayings.append(structured["result"])
    return any(text == saying or _read(text) == saying for text in texts for saying in sayings)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _read  # equal to nothing that a server can say
