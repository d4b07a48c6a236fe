"""What both forms of a chat completion say at its end."""

from typing import Any

from application.ports.language_model import ModelFinished

REASONS = frozenset({"stop", "length", "tool_calls", "content_filter"})


def finish_reason_of(finished: ModelFinished) -> str:
    """One of the words that OpenAI's clients know."""
    return finished.reason if finished.reason in REASONS else "stop"


def usage_of(finished: ModelFinished) -> dict[str, Any] | None:
    """As the provider reported it; None when it did not. Details that it did not report are left out."""
    usage = finished.usage
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        **({"prompt_tokens_details": {"cached_tokens": usage.cached_tokens}} if usage.cached_tokens else {}),
        **({"completion_tokens_details": {"reasoning_tokens": thought}} if (thought := usage.reasoning_tokens) else {}),
    }
