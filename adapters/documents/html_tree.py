"""What of an HTML tree is shown, and as which text."""

import re

from selectolax.lexbor import LexborNode

_DROPPED_TAGS = (
    "annotation annotation-xml area audio button canvas datalist dialog embed head iframe input map menu nav noscript "
    "object option rp rt script select style svg template textarea video"
)
_DROPPED = frozenset(_DROPPED_TAGS.split())
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)


def children(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.first_child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def is_shown(node: LexborNode) -> bool:
    """Whether a reader gets to see this element, as far as it says itself; style sheets are not asked."""
    if node.tag in _DROPPED:
        return False
    attributes = node.attributes
    if not attributes:
        return True
    if "hidden" in attributes or (attributes.get("aria-hidden") or "").lower() == "true":
        return False
    if (attributes.get("role") or "").lower() == "navigation":
        return False
    return not _HIDING.search((attributes.get("style") or "")[:1000])


def shown_text(node: LexborNode, *, verbatim: bool = False) -> str:
    """The text in it as one line; `verbatim` with the blanks and lines that it has."""
    parts: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.is_text_node:
            parts.append(one.text_content or "")
        elif one.tag == "br":
            parts.append("\n")
        elif one is node or (one.is_element_node and is_shown(one)):
            waiting += reversed(children(one))
    text = "".join(parts)
    return text if verbatim else " ".join(text.split())
