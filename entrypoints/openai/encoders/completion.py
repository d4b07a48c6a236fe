"""A chat completion in one document."""

from typing import Any

import msgspec

from application.chat.whole_answer import WholeAnswer
from application.provider_names import name_to_say
from entrypoints.compat import compat_of
from entrypoints.openai.encoders.chunks import Heading
from entrypoints.openai.encoders.usage import finish_reason_of, usage_of


def completion(answer: WholeAnswer, heading: Heading) -> bytes:
    choice = {
        "index": 0,
        "message": _message(answer),
        "logprobs": None,
        "finish_reason": finish_reason_of(answer.finished),
    }
    return msgspec.json.encode(
        {
            "id": heading.id,
            "object": "chat.completion",
            "created": heading.created,
            "model": name_to_say(heading.model, answer.finished.answered_by),
            "choices": [choice],
            "usage": usage_of(answer.finished),
            **compat_of(answer.finished.dropped),
        }
    )


def _message(answer: WholeAnswer) -> dict[str, Any]:
    refused = answer.finished.refused
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refused else answer.text or (None if answer.tool_calls else ""),
        "refusal": answer.text if refused else None,
        "annotations": [],
    }
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in answer.tool_calls
        ]
    return message
