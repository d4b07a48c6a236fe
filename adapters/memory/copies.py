"""Copies in and out. Domain values are frozen, so sharing them is a copy, but for the dicts that ride along in some."""

from copy import deepcopy
from dataclasses import replace

from domain.conversation import Conversation, Message, Part
from domain.run import DEFAULTS, AnswerReset, ReasoningDelta, Run, RunEvent, RunFinished, RunSettings
from domain.tool import ToolCallDelta
from domain.usage import Usage


def copied_parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(replace(p, provider_state=deepcopy(p.provider_state)) if p.provider_state else p for p in parts)


def copied_message(message: Message) -> Message:
    if any(part.provider_state for part in message.parts):
        return replace(message, parts=copied_parts(message.parts))
    return message


def copied_conversation(conversation: Conversation) -> Conversation:
    return replace(conversation, metadata=dict(conversation.metadata))


def copied_usage(usage: Usage) -> Usage:
    return replace(usage, raw=deepcopy(usage.raw))


def copied_settings(settings: RunSettings) -> RunSettings:
    return deepcopy(settings) if settings != DEFAULTS else DEFAULTS


def copied_run(run: Run) -> Run:
    if run.usage is None and run.settings is DEFAULTS:
        return run
    usage = copied_usage(run.usage) if run.usage else None
    return replace(run, usage=usage, settings=copied_settings(run.settings))


def copied_event(event: RunEvent) -> RunEvent:
    if isinstance(event, RunFinished) and event.usage:
        return replace(event, usage=copied_usage(event.usage))
    if isinstance(event, AnswerReset):
        return AnswerReset(copied_parts(event.parts))
    if isinstance(event, (ReasoningDelta, ToolCallDelta)) and event.state:
        return replace(event, state=deepcopy(event.state))
    return event
