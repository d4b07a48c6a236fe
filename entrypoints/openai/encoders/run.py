"""A stored run as a response."""

from collections.abc import Sequence
from typing import Any

from domain.approval import Approval, ApprovalStatus
from domain.conversation import Part, ToolCall
from domain.run import Run, outcome_of
from entrypoints.openai.encoders.items import Item, approval_item, output_items
from entrypoints.openai.encoders.response import STATUS, Heading, begun, ended
from entrypoints.openai.file_search import WITH_RESULTS
from entrypoints.openai.ids import conversation_id, response_id
from entrypoints.openai.response_settings import echo_of, note_of


def heading_of(run: Run) -> Heading:
    """`conversation` is always there: every stored response is in one."""
    echo = {**echo_of(run.settings), "conversation": {"id": conversation_id(run.conversation_id)}}
    return Heading(
        id=response_id(run.id),
        key=str(run.answer_id),
        created_at=int(run.created_at.timestamp()),
        model=run.model,
        background=is_background(run),
        settings=echo,
        callers_tools=frozenset(tool.name for tool in run.settings.tools) if run.settings.server_tools else None,
        searches_files=bool(run.settings.grounding and run.settings.grounding.stores),
        shows_results=WITH_RESULTS in note_of(run.settings).get("include", ()),
    )


def is_background(run: Run) -> bool:
    return bool(note_of(run.settings).get("background"))


def response_of(run: Run, answer: tuple[Part, ...] = (), approvals: Sequence[Approval] = ()) -> dict[str, Any]:
    """The response as it is now; `answer` is what its run has left, once it has ended.

    Of one that waits for a person the output has the questions.
    """
    heading = heading_of(run)
    if run.status.is_active:
        open = [approval for approval in approvals if approval.status is ApprovalStatus.PENDING]
        return begun(heading, STATUS[run.status], [_question(approval) for approval in open])
    outcome = outcome_of(run)
    status = "completed" if STATUS[run.status] == "completed" else "incomplete"
    finished_at = int(run.finished_at.timestamp()) if run.finished_at else None
    output = output_items(
        answer,
        heading.key,
        status,
        refused=run.refused,
        is_run_here=heading.is_run_here,
        approvals=approvals,
        shows_results=heading.shows_results,
        searches_files=heading.searches_files,
    )
    return ended(heading, outcome, output, completed_at=finished_at)


def _question(approval: Approval) -> Item:
    request = approval.request
    return approval_item(approval.id, ToolCall(request.call_id, request.tool, request.arguments), request.reason.value)
