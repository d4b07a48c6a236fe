"""A question may end the run that is in its way; what that had said is kept."""

import asyncio

from domain.conversation import ConversationId
from domain.errors import NotFound
from domain.run import AnswerReset, IfBusy, Run, RunFinished, RunStatus
from tests.support.core import ANN, LEASE_SECONDS, Core, busy, running, text_of, turns, until
from tests.support.scripted_model import ScriptedModel, whole, words


async def statuses(core: Core, runs: list[Run]) -> list[RunStatus]:
    return [(await core.stored_run(run.id)).status for run in runs]


async def ask_all(core: Core, conversation_id: ConversationId, if_busy: IfBusy, count: int) -> list[Run]:
    return await asyncio.gather(*(core.ask(f"question {n}", conversation_id, if_busy=if_busy) for n in range(count)))


async def test_it_ends_the_run_in_progress_keeps_what_it_said_and_is_answered(core: Core) -> None:
    run = await busy(core, "Be", "cau")
    reader = asyncio.create_task(core.follow(run.id))
    core.model.script = whole("Go on.")
    second = await core.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert (await reader)[-1].event == RunFinished(RunStatus.CANCELLED)
    assert text_of(await core.follow(second.id)) == "Go on."
    assert await core.texts(run.conversation_id) == ["Why?", "Becau", "And?", "Go on."]


async def test_it_ends_the_run_also_where_that_run_takes_the_last_room(full: Core) -> None:
    run = await busy(full, "Be")
    full.model.script = whole("Go on.")
    second = await full.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert await statuses(full, [run]) == [RunStatus.CANCELLED]
    assert text_of(await full.follow(second.id)) == "Go on."


async def test_it_ends_a_run_that_another_process_executes(core: Core) -> None:
    run = await busy(core, "Be")
    async with running(core.replica(model=ScriptedModel(whole("Go on.")))) as replica:
        async with asyncio.timeout(30):
            second = await replica.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
        assert await statuses(core, [run]) == [RunStatus.CANCELLED]
        assert text_of(await replica.follow(second.id)) == "Go on."
    assert core.model.open_streams == 0


async def test_it_ends_what_waits_too(core: Core) -> None:
    run = await busy(core, "Be")
    waiting = [await core.ask("second", run.conversation_id, if_busy=IfBusy.QUEUE) for _ in range(2)]
    core.model.script = whole("Go on.")
    last = await core.ask("last", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert text_of(await core.follow(last.id)) == "Go on."
    assert RunStatus.COMPLETED in await statuses(core, [last])
    for run in waiting:
        assert not (await core.stored_run(run.id)).status.is_active


async def test_where_nothing_is_in_progress_it_interrupts_nothing(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask(if_busy=IfBusy.INTERRUPT)
    assert text_of(await core.follow(run.id)) == "Because."


async def test_of_many_that_interrupt_at_once_each_is_answered_or_interrupted(core: Core) -> None:
    first = await busy(core, "Be")
    core.model.script = [*words("An"), *whole("swer")]
    runs = await ask_all(core, first.conversation_id, IfBusy.INTERRUPT, 5)
    await asyncio.gather(*(core.follow(run.id) for run in runs))
    ended = await statuses(core, [first, *runs])
    assert set(ended) <= {RunStatus.CANCELLED, RunStatus.COMPLETED}
    assert ended[0] is RunStatus.CANCELLED
    assert RunStatus.COMPLETED in ended
    assert core.model.most_open_streams == 1


async def test_it_waits_for_a_dead_worker_to_be_missed(core: Core) -> None:
    run = await busy(core, "Be")
    core.workers.cut_off = True
    async with running(core.replica(model=ScriptedModel(whole("Go on.")))) as replica:
        asking = asyncio.create_task(replica.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT))
        await turns(50)
        assert not asking.done()
        core.clock.move(LEASE_SECONDS)
        await replica.loop.look()
        async with asyncio.timeout(30):
            second = await asking
        assert text_of(await replica.follow(second.id)) == "Go on."
    assert [n.event for n in await core.stored_log(run.id) if isinstance(n.event, AnswerReset)] == []
    assert (await core.stored_answer(run)).text == "Be"


async def test_a_conversation_that_is_deleted_meanwhile_is_not_found(core: Core) -> None:
    run = await busy(core, "Be")
    outcomes = await asyncio.gather(
        core.delete_conversation(ANN, run.conversation_id),
        core.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT),
        return_exceptions=True,
    )
    assert outcomes[0] is None
    assert isinstance(outcomes[1], NotFound)
    await until(lambda: core.model.open_streams == 0)
