"""A file as a model is shown it within a question."""

from domain.framing import tag_unknown_to
from domain.knowledge import shown_name

LEFT_OUT = "[...]"


def shown_file(filename: str, text: str) -> str:
    """Between tags that do not stand in it, so that it cannot end its own frame."""
    tag = tag_unknown_to(text, "file")
    return f"The file {shown_name(filename)!r} says, between <{tag}> and </{tag}>:\n<{tag}>\n{text}\n</{tag}>\n"
