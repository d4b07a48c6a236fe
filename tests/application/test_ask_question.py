"""A question is stored before the model is asked; the reply is a run that ends whoever looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from application.chat.question import Question
from application.ports.storage import ConversationFilter, Transaction
from domain.access import Principal
from domain.conversation import Conversation, ConversationId, MessageStatus, Role, Text
from domain.errors import ConversationNotFound, InvalidInput, Refusal, ReplyInProgress, TooBusy
from domain.run import Run, RunFinished, RunId, RunStatus
from tests.support.builders import ALICE, BOB, stored_conversation, stored_messages
from tests.support.core import ANN, Core, running, text_of, turns
from tests.support.scripted_model import FINISHED, whole, words


async def conversations(core: Core) -> list[Conversation]:
    async with core.database.read() as tx:
        return await tx.conversations.page(owner=ALICE, filter=ConversationFilter(), before=None, limit=100)


async def test_the_question_is_stored_before_the_model_is_asked(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("Because.")]
    run = await core.ask("Why?")
    await core.model.asked.wait()
    question, answer = await stored_messages(core.database, run.conversation_id)
    assert (question.text, question.status) == ("Why?", MessageStatus.COMPLETED)
    assert (answer.parts, answer.status) == ((), MessageStatus.IN_PROGRESS)
    gate.set()
    await core.follow(run.id)


async def test_the_answer_the_run_and_its_log_say_the_same_in_the_end(core: Core) -> None:
    core.model.script = whole("Be", "cause", ".")
    run = await core.ask()
    shown = await core.follow(run.id)
    assert text_of(shown) == "Because."
    assert shown[-1].event == RunFinished(RunStatus.COMPLETED, "stop", usage=FINISHED.usage)
    assert await core.stored_log(run.id) == shown
    answer = await core.stored_answer(run)
    assert (answer.parts, answer.status) == ((Text("Because."),), MessageStatus.COMPLETED)
    run = await core.stored_run(run.id)
    assert (run.status, run.finish_reason, run.usage) == (RunStatus.COMPLETED, "stop", FINISHED.usage)
    assert run.last_event == shown[-1].number


async def test_while_the_model_speaks_no_transaction_is_open(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("a"), gate, *whole("b")]
    run = await core.ask()
    await core.until_said(run, "a")
    assert core.database.checked_out == 0
    gate.set()
    await core.follow(run.id)


async def test_the_next_question_brings_what_was_said_before(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask("Why?")
    await core.follow(first.id)
    second = await core.ask("And then?", first.conversation_id)
    await core.follow(second.id)
    assert [(message.role, message.text) for message in core.model.requests[1].messages] == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Why?"),
        (Role.ASSISTANT, "Because."),
        (Role.USER, "And then?"),
    ]
    assert [m.text for m in await stored_messages(core.database, first.conversation_id)] == [
        "Why?",
        "Because.",
        "And then?",
        "Because.",
    ]


async def test_a_conversation_begins_with_a_title_and_a_label(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask_question(ANN, Question(message="Why\n is  it so?", user_label="ann", model="scripted:other"))
    await core.follow(run.id)
    conversation = await stored_conversation(core.database, run.conversation_id)
    assert (conversation.title, conversation.user_label) == ("Why is it so?", "ann")
    assert core.model.requests[0].model == run.model == "scripted:other"


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        (Question(message=" \n"), InvalidInput),
        (Question(message="a\x00b"), InvalidInput),
        (Question(message="half \ud83d"), InvalidInput),
        (Question(message="x" * 1_000_001), InvalidInput),
        (Question(message="Why?", user_label="x" * 201), InvalidInput),
        (Question(message="Why?", user_label="\x00"), InvalidInput),
        (Question(message="Why?", conversation_id=ConversationId(999)), ConversationNotFound),
    ],
    ids=str,
)
async def test_what_is_refused_leaves_nothing_and_asks_nobody(
    core: Core, question: Question, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await core.ask_question(ANN, question)
    assert await conversations(core) == []
    assert core.model.requests == []


async def test_the_conversation_of_another_is_not_found(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    with pytest.raises(ConversationNotFound):
        await core.ask_question(Principal(BOB), Question(message="Why?", conversation_id=run.conversation_id))
    assert len(await stored_messages(core.database, run.conversation_id)) == 2


async def test_of_six_simultaneous_questions_one_is_answered_and_the_others_name_its_run(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask("first")
    await core.follow(first.id)
    outcomes = await asyncio.gather(
        *(core.ask(f"question {n}", first.conversation_id) for n in range(6)), return_exceptions=True
    )
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Run)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ReplyInProgress)]
    assert [refusal.run_id for refusal in refusals] == [winner.id] * 5
    await core.follow(winner.id)
    roles = [message.role for message in await stored_messages(core.database, first.conversation_id)]
    assert roles == [Role.USER, Role.ASSISTANT] * 2


async def test_no_more_runs_are_executed_than_there_is_room_for_and_the_others_wait_their_turn() -> None:
    gate = asyncio.Event()
    async with running(Core(most_runs=3)) as core:
        core.model.script = [gate, *whole("Because.")]
        runs = await asyncio.gather(*(core.ask() for _ in range(10)))
        await turns(50)
        assert [run.status for run in runs] == [RunStatus.RUNNING] * 3 + [RunStatus.QUEUED] * 7
        assert core.model.open_streams == len(core.model.requests) == 3
        gate.set()
        for shown in await asyncio.gather(*(core.follow(run.id) for run in runs)):
            assert text_of(shown) == "Because."
        assert core.model.most_open_streams == 3
        assert len(core.model.requests) == 10


async def test_no_more_runs_wait_than_may() -> None:
    gate = asyncio.Event()
    async with running(Core(most_runs=3, most_queued=4)) as core:
        core.model.script = [gate, *whole("Because.")]
        outcomes = await asyncio.gather(*(core.ask() for _ in range(10)), return_exceptions=True)
        taken = [outcome for outcome in outcomes if isinstance(outcome, Run)]
        assert len(taken) == 7
        assert len([outcome for outcome in outcomes if isinstance(outcome, TooBusy)]) == 3
        assert len(await conversations(core)) == 7
        gate.set()
        await asyncio.gather(*(core.follow(run.id) for run in taken))
        await core.follow((await core.ask()).id)


@pytest.mark.parametrize("moment", range(8))
async def test_a_caller_that_leaves_at_any_moment_leaves_no_question_without_an_answer(core: Core, moment: int) -> None:
    @asynccontextmanager
    async def begin_and_leave_slowly() -> AsyncIterator[Transaction]:
        async with core.database.begin() as tx:
            yield tx
            await asyncio.sleep(0)  # a connection goes back to its pool

    core.model.script = whole("Because.")
    core.ask_question = replace(core.ask_question, turns=replace(core.turns, begin=begin_and_leave_slowly))
    task = asyncio.create_task(core.ask())
    await turns(moment)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await turns(20)
    for conversation in await conversations(core):
        async with core.database.read() as tx:
            question, answer = await tx.messages.branch(conversation, limit=10)
        assert question.text == "Why?"
        assert answer.run_id
        assert text_of(await core.follow(RunId(answer.run_id))) == "Because."
