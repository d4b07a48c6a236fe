"""How a run ends: success needs proof, and whatever goes wrong is an ending too."""

import asyncio
from dataclasses import replace

import pytest

from application.ports.language_model import ModelFinished
from application.runs.execute_run import ANSWER_CHARACTERS
from domain.conversation import MessageStatus
from domain.errors import ProviderRejectedRequest, ProviderTimedOut
from domain.run import RunFinished, RunStatus, TextDelta
from domain.usage import Usage
from tests.support.core import Core, text_of, until
from tests.support.scripted_model import Step, whole, words


async def ended(core: Core, *script: Step) -> tuple[RunFinished, str, MessageStatus]:
    """Ask with this script; the last event, and the stored answer's text and status."""
    core.model.script = script
    run = await core.ask()
    shown = await core.follow(run.id)
    last = shown[-1].event
    answer, run = await core.stored_answer(run), await core.stored_run(run.id)
    assert isinstance(last, RunFinished)
    assert (run.status, run.finish_reason, run.problem) == (last.status, last.finish_reason, last.problem)
    assert answer.text == text_of(shown)
    assert core.model.open_streams == 0
    return last, answer.text, answer.status


async def test_a_cut_stream_is_incomplete_and_its_text_is_kept(core: Core) -> None:
    outcome, text, status = await ended(core, *words("Be", "cau"))
    assert (outcome.status, text, status) == (RunStatus.INCOMPLETE, "Becau", MessageStatus.INCOMPLETE)
    assert outcome.problem
    assert outcome.problem.code == "stream_cut"


async def test_a_stream_without_anything_is_incomplete(core: Core) -> None:
    outcome, text, _ = await ended(core)
    assert (outcome.status, text) == (RunStatus.INCOMPLETE, "")


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("stop", RunStatus.COMPLETED),
        ("end_turn", RunStatus.COMPLETED),
        ("length", RunStatus.INCOMPLETE),
        ("content_filter", RunStatus.INCOMPLETE),
        ("a reason of tomorrow", RunStatus.INCOMPLETE),
    ],
)
async def test_the_finish_reason_decides_and_the_usage_is_kept(core: Core, reason: str, status: RunStatus) -> None:
    finished = ModelFinished(reason, "scripted", Usage(1, 2))
    outcome, text, _ = await ended(core, *words("Be"), [TextDelta("cause."), finished])
    assert (outcome.status, outcome.finish_reason, outcome.usage) == (status, reason, Usage(1, 2))
    assert text == "Because."


async def test_a_failure_before_the_first_word_fails_the_run(core: Core) -> None:
    outcome, text, status = await ended(core, ProviderRejectedRequest("scripted", "no such model"))
    assert (outcome.status, text, status) == (RunStatus.FAILED, "", MessageStatus.FAILED)
    assert outcome.problem
    assert outcome.problem.code == "provider_rejected_request"
    assert "no such model" in outcome.problem.message


async def test_a_failure_after_the_first_word_leaves_the_answer_incomplete(core: Core) -> None:
    outcome, text, status = await ended(core, *words("Be"), ProviderTimedOut("scripted"))
    assert (outcome.status, text, status) == (RunStatus.INCOMPLETE, "Be", MessageStatus.INCOMPLETE)
    assert outcome.problem
    assert outcome.problem.code == "provider_timed_out"


async def test_a_bug_ends_the_run_as_failed_and_the_worker_goes_on(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    outcome, text, _ = await ended(core, *words("Be"), ZeroDivisionError("a secret of ours"))
    assert (outcome.status, text) == (RunStatus.FAILED, "Be")
    assert outcome.problem
    assert outcome.problem.code == "internal_error"
    assert "secret" not in outcome.problem.message
    assert "ZeroDivisionError" in caplog.text
    assert (await ended(core, *whole("Because.")))[0].status is RunStatus.COMPLETED


async def test_an_endless_answer_is_stopped(core: Core) -> None:
    outcome, text, _ = await ended(core, *words("x" * ANSWER_CHARACTERS, "y"), asyncio.Event())
    assert outcome.status is RunStatus.INCOMPLETE
    assert outcome.problem
    assert outcome.problem.code == "answer_too_long"
    assert len(text) == ANSWER_CHARACTERS + 1


async def test_a_worker_that_lost_its_run_closes_the_provider_and_writes_nothing_more(core: Core) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    core.model.script = [*words("Be"), gates[0], *words("lost"), gates[1], *words("lost"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    taken_over = core.database.tables.runs[run.id] = replace(await core.stored_run(run.id), fence=2)
    live = core.live(run)
    gates[0].set()
    await until(lambda: live.is_lost)
    gates[1].set()
    await core.until_gone(run)
    assert core.model.open_streams == 0
    assert await core.stored_run(run.id) == taken_over
    assert text_of(await core.stored_log(run.id)) == "Be"
    assert (await core.stored_answer(run)).status is MessageStatus.IN_PROGRESS
