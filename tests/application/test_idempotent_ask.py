"""The same question sent again under its key is the same run, however often, whenever and to whomever it is sent."""

import asyncio

import pytest

from application.chat.edit_question import Edit
from application.chat.regenerate_answer import Regeneration
from application.conversations.create_conversation import CreateConversation
from application.ports.storage import ConversationFilter
from domain.errors import KeyReused, ReplyInProgress
from domain.idempotency import KEPT_SECONDS
from domain.run import IfBusy, RunStatus
from tests.support.builders import BOB, key
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of, turns
from tests.support.scripted_model import ScriptedModel, whole, words


async def conversations(core: Core) -> int:
    async with core.database.read() as tx:
        return len(await tx.conversations.page(owner=ANN.owner, filter=ConversationFilter(), before=None, limit=100))


async def test_later_it_is_the_run_that_has_ended(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask(key=key())
    shown = await core.follow(first.id)
    again = await core.ask(key=key())
    assert (again.id, again.status) == (first.id, RunStatus.COMPLETED)
    assert await core.follow(again.id) == shown
    assert (len(core.model.requests), await conversations(core)) == (1, 1)


async def test_meanwhile_it_is_the_run_in_progress_from_its_beginning(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    first = await core.ask(key=key())
    await core.until_said(first, "Be")
    again = await core.ask(key=key())
    assert again.id == first.id
    reader = asyncio.create_task(core.follow(again.id))
    gate.set()
    assert text_of(await reader) == "Because."
    assert len(core.model.requests) == 1


async def test_in_a_conversation_it_is_no_second_question_in_the_way_of_the_first(core: Core) -> None:
    core.model.script = whole("Because.")
    begun = await core.ask()
    await core.follow(begun.id)
    core.model.script = [asyncio.Event()]
    first = await core.ask("And?", begun.conversation_id, key=key())
    assert (await core.ask("And?", begun.conversation_id, key=key())).id == first.id
    with pytest.raises(ReplyInProgress):
        await core.ask("And?", begun.conversation_id, key=key("another"))


@pytest.mark.parametrize("where", ["one process", "two processes"])
async def test_of_twins_at_once_one_is_asked_and_all_are_answered(core: Core, where: str) -> None:
    core.model.script = whole("Because.")
    async with running(core.replica(model=core.model)) as replica:
        processes = (core, core) if where == "one process" else (core, replica)
        runs = await asyncio.gather(*(process.ask(key=key()) for process in processes * 4))
        assert len({run.id for run in runs}) == 1
        for shown in await asyncio.gather(*(process.follow(runs[0].id) for process in processes)):
            assert text_of(shown) == "Because."
    assert (len(core.model.requests), await conversations(core)) == (1, 1)


async def test_another_question_under_the_key_is_refused_and_asks_nobody(core: Core) -> None:
    core.model.script = whole("Because.")
    await core.follow((await core.ask(key=key(fingerprint="Why?"))).id)
    with pytest.raises(KeyReused):
        await core.ask("What?", key=key(fingerprint="What?"))
    assert (len(core.model.requests), await conversations(core)) == (1, 1)


async def test_the_key_of_another_is_another_key(core: Core) -> None:
    core.model.script = whole("Because.")
    mine = await core.ask(key=key())
    hers = await core.ask(key=key(owner=BOB))
    assert mine.id != hers.id


async def test_after_a_day_it_is_a_new_question(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask(key=key())
    await core.follow(first.id)
    core.clock.move(KEPT_SECONDS)
    assert (await core.ask(key=key())).id != first.id


async def test_after_the_conversation_was_deleted_it_is_a_new_question(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask(key=key())
    await core.follow(first.id)
    await core.delete_conversation(ANN, first.conversation_id)
    again = await core.ask(key=key())
    assert again.conversation_id != first.conversation_id
    assert text_of(await core.follow(again.id)) == "Because."


async def test_a_refused_question_leaves_its_key_as_it_was(core: Core) -> None:
    core.model.script = [asyncio.Event()]
    begun = await core.ask()
    with pytest.raises(ReplyInProgress):
        await core.ask("And?", begun.conversation_id, key=key())
    await core.cancel_run(ANN, begun.id)
    core.model.script = whole("Because.")
    assert text_of(await core.follow((await core.ask("And?", begun.conversation_id, key=key())).id)) == "Because."


@pytest.mark.parametrize("if_busy", [IfBusy.QUEUE, IfBusy.INTERRUPT])
async def test_it_waits_once_and_interrupts_once(core: Core, if_busy: IfBusy) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    begun = await core.ask()
    await core.until_said(begun, "Be")
    core.model.script = whole("Because.")
    runs = await asyncio.gather(
        *(core.ask("And?", begun.conversation_id, if_busy=if_busy, key=key()) for _ in range(4))
    )
    assert len({run.id for run in runs}) == 1
    core.worker.cancel(begun.id)
    assert text_of(await core.follow(runs[0].id)) == "Because."
    assert len(core.model.requests) == 2


async def test_a_caller_that_left_finds_its_run(core: Core) -> None:
    core.model.script = whole("Because.")
    leaving = asyncio.create_task(core.ask(key=key()))
    await turns(1)
    leaving.cancel()
    again = await core.ask(key=key())
    assert text_of(await core.follow(again.id)) == "Because."
    assert (len(core.model.requests), await conversations(core)) == (1, 1)


async def test_on_another_process_after_the_first_has_died_it_is_the_same_run(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    first = await core.ask(key=key())
    await core.until_said(first, "Be")
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        again = await replica.ask(key=key())
        assert again.id == first.id
        assert text_of(await replica.follow(again.id)) == "BeBecause."


async def test_edits_and_new_answers_are_made_once_too(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)

    edit = Edit(conversation_id=run.conversation_id, message_id=run.question_id, message="How?", key=key("edit"))
    edits = [await core.edit_question(ANN, edit) for _ in range(2)]
    await core.follow(edits[0].id)
    again = Regeneration(conversation_id=run.conversation_id, message_id=run.question_id, key=key("again"))
    answers = [await core.regenerate_answer(ANN, again) for _ in range(2)]
    await core.follow(answers[0].id)
    assert len({made.id for made in (run, *edits, *answers)}) == len(core.model.requests) == 3


async def test_of_twins_that_begin_a_conversation_one_begins_it(core: Core) -> None:
    create = CreateConversation(begin=core.database.begin, now=core.clock, lease_seconds=LEASE_SECONDS)
    begun = await asyncio.gather(*(create(ANN, title="Plans", key=key()) for _ in range(5)))
    assert len({conversation.id for conversation in begun}) == 1
    assert (await create(ANN, title="Plans", key=key())).id == begun[0].id
    with pytest.raises(KeyReused):
        await create(ANN, title="Others", key=key(fingerprint="another"))
    assert await conversations(core) == 1
