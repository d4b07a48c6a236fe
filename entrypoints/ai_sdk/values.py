"""What tools take and give is JSON here and text inside."""

import json
from typing import Any

import msgspec


def parsed(arguments: str) -> Any:
    """The arguments of a call; nothing written is an empty object. Raise ValueError when they are not JSON."""
    try:
        return msgspec.json.decode(arguments or "{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def text_of_output(output: Any) -> str:
    """What came of a call as a model is shown it: text as it is, anything else as JSON."""
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, separators=(",", ":"))


def output_of(content: str) -> Any:
    """The other way round: what reads as JSON is taken for JSON."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return content
