"""Stopping a run closes the provider, keeps what was said, and says cancelled once."""

import asyncio

import pytest

from domain.access import Principal
from domain.conversation import MessageStatus, Text
from domain.errors import ConversationNotFound, RunNotFound
from domain.run import RunFinished, RunId, RunStatus
from tests.support.builders import BOB, stored_conversation
from tests.support.core import ANN, Core, text_of, until
from tests.support.scripted_model import whole, words


async def test_what_was_said_is_kept(core: Core) -> None:
    core.model.script = [*words("Be", "cau"), asyncio.Event()]
    live = await core.ask()
    reader = asyncio.create_task(core.follow(live.run.id))
    await until(lambda: text_of(live.events) == "Becau")
    run = await core.cancel_run(ANN, live.run.id)
    assert run.status is RunStatus.CANCELLED
    assert core.model.open_streams == 0
    answer = await core.stored_answer(live.run)
    assert (answer.parts, answer.status) == ((Text("Becau"),), MessageStatus.CANCELLED)
    shown = await reader
    assert shown == await core.stored_log(live.run.id)
    assert shown[-1].event == RunFinished(RunStatus.CANCELLED)


async def test_the_next_question_is_taken_at_once(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    live = await core.ask()
    await until(lambda: live.last)
    await core.cancel_run(ANN, live.run.id)
    core.model.script = whole("Go on.")
    following = await core.ask("And?", live.run.conversation_id)
    await core.follow(following.run.id)
    assert [message.text for message in core.model.requests[1].messages] == ["Be brief.", "Why?", "Be", "And?"]


@pytest.mark.parametrize("turns", range(6))
async def test_it_may_come_before_the_model_was_asked(core: Core, turns: int) -> None:
    core.model.script = [asyncio.Event()]
    live = await core.ask()
    for _ in range(turns):
        await asyncio.sleep(0)
    run = await core.cancel_run(ANN, live.run.id)
    assert run.status is RunStatus.CANCELLED
    assert (await core.stored_answer(live.run)).status is MessageStatus.CANCELLED
    assert core.model.open_streams == 0


async def test_many_at_once_and_again_are_one(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    live = await core.ask()
    await until(lambda: live.last)
    runs = await asyncio.gather(*(core.cancel_run(ANN, live.run.id) for _ in range(5)))
    again = await core.cancel_run(ANN, live.run.id)
    assert all(run == again for run in runs)
    endings = [n for n in await core.stored_log(live.run.id) if isinstance(n.event, RunFinished)]
    assert len(endings) == 1


async def test_while_the_store_is_stuck_it_waits_and_loses_nothing(core: Core) -> None:
    core.model.script = [*words("Be", "cau"), asyncio.Event()]
    async with core.log.stuck():
        live = await core.ask()
        await core.log.until_a_write_waits()
        cancelling = [asyncio.create_task(core.cancel_run(ANN, live.run.id)) for _ in range(2)]
        for _ in range(50):
            await asyncio.sleep(0)
        assert not any(task.done() for task in cancelling)
    for run in await asyncio.gather(*cancelling):
        assert run.status is RunStatus.CANCELLED
    assert (await core.stored_answer(live.run)).text == text_of(await core.stored_log(live.run.id))
    assert (await core.stored_answer(live.run)).text.startswith("Be")


async def test_a_run_that_has_ended_stays_as_it_was(core: Core) -> None:
    core.model.script = whole("Because.")
    live = await core.ask()
    await core.follow(live.run.id)
    run = await core.cancel_run(ANN, live.run.id)
    assert run.status is RunStatus.COMPLETED
    assert (await core.stored_answer(live.run)).text == "Because."


async def test_the_run_of_another_goes_on(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    live = await core.ask()
    for principal, id in ((Principal(BOB), live.run.id), (ANN, RunId(999))):
        with pytest.raises(RunNotFound):
            await core.cancel_run(principal, id)
    gate.set()
    assert text_of(await core.follow(live.run.id)) == "Because."


async def test_deleting_the_conversation_stops_its_run(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    live = await core.ask()
    await until(lambda: live.last)
    with pytest.raises(ConversationNotFound):
        await core.delete_conversation(Principal(BOB), live.run.conversation_id)
    assert core.model.open_streams == 1
    await core.delete_conversation(ANN, live.run.conversation_id)
    await until(lambda: core.model.open_streams == 0 and core.worker.live(live.run.id) is None)
    with pytest.raises(ConversationNotFound):
        await stored_conversation(core.database, live.run.conversation_id)


async def test_cancelling_a_run_whose_conversation_is_being_deleted_finds_nothing(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    live = await core.ask()
    await until(lambda: live.last)
    _, outcome = await asyncio.gather(
        core.delete_conversation(ANN, live.run.conversation_id),
        core.cancel_run(ANN, live.run.id),
        return_exceptions=True,
    )
    assert isinstance(outcome, RunNotFound)
