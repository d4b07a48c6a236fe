"""A response in one document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from application.provider_names import name_to_say
from domain.retrieval.search_result import SEARCH_TOOL
from domain.run import Problem, RunFinished, RunStatus
from domain.usage import Usage
from entrypoints.compat import compat_of
from entrypoints.openai.encoders.items import Item

STATUS = {
    RunStatus.QUEUED: "queued",
    RunStatus.RUNNING: "in_progress",
    RunStatus.WAITING: "in_progress",
    RunStatus.COMPLETED: "completed",
    RunStatus.INCOMPLETE: "incomplete",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
}
REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}
TOO_LONG = "answer_too_long"
ERROR_CODES = {"provider_overloaded": "rate_limit_exceeded", "provider_rejected_request": "invalid_prompt"}


NO_USAGE = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}
"""Where the shape needs a usage and the provider reported none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a response says from its first event to its last. `key` is what the ids of its items are made of.

    `settings` are the fields that tell what was asked for. `callers_tools` are those that the caller runs, where Parley
    runs all others itself; None where it runs none. `searches_files`: the search in documents was asked for as
    `file_search`, and with `shows_results` tells what it found.
    """

    id: str
    key: str
    created_at: int
    model: str
    background: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    callers_tools: frozenset[str] | None = None
    searches_files: bool = False
    shows_results: bool = False

    def is_run_here(self, tool: str) -> bool:
        return self.callers_tools is not None and tool not in self.callers_tools

    def kind_of(self, tool: str) -> str:
        """The type of an item that is a call of this tool."""
        if not self.is_run_here(tool):
            return "function_call"
        return "file_search_call" if self.searches_files and tool == SEARCH_TOOL else "mcp_call"


DEFAULTS: Mapping[str, Any] = {
    "instructions": None, "max_output_tokens": None, "max_tool_calls": None, "metadata": {}, "conversation": None,
    "parallel_tool_calls": True, "previous_response_id": None, "prompt_cache_key": None, "safety_identifier": None,
    "reasoning": {"effort": None, "summary": None}, "service_tier": "default", "store": True, "temperature": 1.0,
    "text": {"format": {"type": "text"}}, "tool_choice": "auto", "tools": [], "top_logprobs": 0, "top_p": 1.0,
    "truncation": "disabled", "user": None, "presence_penalty": 0.0, "frequency_penalty": 0.0,
}  # fmt: skip


def begun(heading: Heading, status: str, output: Sequence[Item] = ()) -> dict[str, Any]:
    """The response while it is being written; `output` is what waits for a person."""
    return _document(heading, status=status, output=list(output))


def ended(
    heading: Heading, outcome: RunFinished, output: list[Item], *, completed_at: int | None = None
) -> dict[str, Any]:
    """The response as it ended."""
    status = final_status(outcome)
    return _document(
        heading,
        status=status,
        output=output,
        usage=usage_of(outcome.usage),
        error=_error_of(outcome.problem) if status == "failed" else None,
        incomplete_details={"reason": _reason(outcome)} if status == "incomplete" else None,
        completed_at=completed_at if status == "completed" else None,
        model=name_to_say(heading.model, outcome.answered_by),
        **compat_of(outcome.dropped),
    )


def final_status(outcome: RunFinished) -> str:
    """An answer that a fault cut short has failed: `incomplete` is for limits that were asked for or are known."""
    if outcome.status is RunStatus.INCOMPLETE and outcome.problem and outcome.problem.code != TOO_LONG:
        return "failed"
    return STATUS[outcome.status]


def usage_of(usage: Usage | None) -> dict[str, Any] | None:
    """As the provider reported it; details that it did not report are 0."""
    if usage is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.total_tokens,
    }


def _document(heading: Heading, *, status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": heading.id,
        "object": "response",
        "created_at": heading.created_at,
        "status": status,
        "background": heading.background,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": heading.model,
        "output": [],
        "usage": None,
        **DEFAULTS,
        **heading.settings,
        **more,
    }


def _reason(outcome: RunFinished) -> str | None:
    if outcome.problem:
        return "max_output_tokens"
    return REASONS.get(outcome.finish_reason or "")


def _error_of(problem: Problem | None) -> dict[str, str]:
    """One of the codes that OpenAI's clients know, and the sentence."""
    if problem is None:
        return {"code": "server_error", "message": "The response failed"}
    return {"code": ERROR_CODES.get(problem.code, "server_error"), "message": problem.message}
