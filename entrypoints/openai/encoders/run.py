"""A stored run as a response."""

from typing import Any

from domain.conversation import Part
from domain.run import Run, outcome_of
from entrypoints.openai.encoders.items import output_items
from entrypoints.openai.encoders.response import STATUS, Heading, begun, ended
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
    )


def is_background(run: Run) -> bool:
    return bool(note_of(run.settings).get("background"))


def response_of(run: Run, answer: tuple[Part, ...] = ()) -> dict[str, Any]:
    """The response as it is now; `answer` is what its run has left, once it has ended."""
    if run.status.is_active:
        return begun(heading_of(run), STATUS[run.status])
    outcome = outcome_of(run)
    status = "completed" if STATUS[run.status] == "completed" else "incomplete"
    finished_at = int(run.finished_at.timestamp()) if run.finished_at else None
    output = output_items(answer, str(run.answer_id), status, refused=run.refused)
    return ended(heading_of(run), outcome, output, completed_at=finished_at)
