"""Text of others within a prompt: between tags, so that a model can tell it from what it is asked."""

from itertools import count


def tag_unknown_to(text: str, name: str = "text") -> str:
    """The name, or the first of name-2, name-3, ... that stands nowhere in the text as the end of a tag."""
    tags = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(tag for tag in tags if f"{tag}>" not in text.lower())
