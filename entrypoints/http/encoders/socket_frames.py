"""The frames of /ws/chat."""

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.citation import SourceCited, SourcesChecked
from domain.conversation import text_of
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, TextDelta
from entrypoints.http.encoders.ndjson import ending
from entrypoints.http.problems import run_problem_body
from entrypoints.http.sources import source_object, sources_of


def _frame(value: Mapping[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


def token(text: str, **more: object) -> str:
    return _frame({"type": "token", "content": text, **more})


def done(outcome: RunFinished, **more: object) -> str:
    return _frame({"type": "done", **ending(outcome), **more})


def error(problem: Mapping[str, Any], **more: object) -> str:
    """A problem, whose own `type` gives way to the frame's; the socket stays open after it."""
    return _frame({**problem, "type": "error", **more})


def stored(run: Run, numbered: NumberedEvent, request_id: str) -> str | None:
    """The frame of a stored run's event, with its `seq`; None for what the socket does not show."""
    event = numbered.event
    more: dict[str, object] = {"seq": numbered.number, "conversation_id": run.conversation_id, "run_id": run.id}
    if isinstance(event, TextDelta):
        return token(event.text, **more)
    if isinstance(event, AnswerReset):
        return _frame({"type": "reset", "content": text_of(event.parts), **sources_of(event.parts), **more})
    if isinstance(event, SourceCited):
        return _frame({"type": "source", "source": source_object(event.citation), **more})
    if isinstance(event, SourcesChecked):
        return _frame({"type": "sources", "sources": [source_object(one) for one in event.citations], **more})
    if isinstance(event, RunFinished):
        problem = event.problem
        return error(run_problem_body(run, problem, request_id), **more) if problem else done(event, **more)
    return None
