"""What tools take and give is JSON here and text inside."""

import json
from typing import Any

import msgspec

from domain.errors import InvalidInput


def parsed(arguments: str) -> Any:
    """The arguments of a call; nothing written is an empty object. Raise ValueError when they are not JSON."""
    try:
        return msgspec.json.decode(arguments or "{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def text_of_output(output: Any) -> str:
    """What came of a call as a model is shown it: JSON, or text as it is unless that would read as JSON.

    Raise InvalidInput.
    """
    try:
        if isinstance(output, str) and output_of(output) == output:
            return output
        return json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise InvalidInput("messages", "what goes into a tool or came out of it is nested too deeply") from None


def output_of(content: str) -> Any:
    """The other way round."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return content
