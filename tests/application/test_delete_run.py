"""Forgetting a run: it is stopped first, and what was said stays."""

import asyncio

import pytest

from application.chat.take_turn import NextTurn
from domain.access import Principal
from domain.conversation import MessageStatus, Role
from domain.errors import RunNotFound
from domain.run import IfBusy, RunId
from tests.support.builders import BOB, said, stored_messages
from tests.support.core import ANN, Core
from tests.support.scripted_model import whole, words


async def test_nobody_can_look_at_it_follow_it_or_go_on_from_it(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    await core.delete_run(ANN, run.id)
    with pytest.raises(RunNotFound):
        await core.follow(run.id)
    with pytest.raises(RunNotFound):
        await core.take_turn(ANN, NextTurn(input=(said(Role.USER, "And?"),), previous_run_id=run.id))
    with pytest.raises(RunNotFound):
        await core.delete_run(ANN, run.id)
    assert await core.texts(run.conversation_id) == ["Why?", "Because."]
    following = await core.ask("And?", run.conversation_id)
    await core.follow(following.id)
    assert [message.text for message in core.model.requests[-1].messages] == ["Be brief.", "Why?", "Because.", "And?"]


async def test_an_active_run_is_stopped_and_what_it_said_stays(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    reader = asyncio.create_task(core.follow(run.id))
    await core.delete_run(ANN, run.id)
    assert core.model.open_streams == 0
    assert await reader
    _, answer = await stored_messages(core.database, run.conversation_id)
    assert (answer.text, answer.status, answer.run_id) == ("Be", MessageStatus.CANCELLED, None)


async def test_a_queued_run_can_be_deleted(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("Because.")]
    first = await core.ask()
    queued = await core.ask("And?", first.conversation_id, if_busy=IfBusy.QUEUE)
    await core.delete_run(ANN, queued.id)
    gate.set()
    await core.follow(first.id)
    assert len(core.model.requests) == 1


async def test_what_is_not_there_or_another_s_is_not_found(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    for principal, id in ((Principal(BOB), run.id), (ANN, RunId(999))):
        with pytest.raises(RunNotFound):
            await core.delete_run(principal, id)
    assert await core.stored_run(run.id)
