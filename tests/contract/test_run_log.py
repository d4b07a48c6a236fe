"""RunLog: what is appended under the run's fence is kept once, in order, and read from any cursor."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from application.ports.run_log import LogEntry
from domain.citation import ChunkId, Citation, DocumentId, SourceCited, SourcesChecked
from domain.conversation import ProviderState, Text
from domain.run import (
    Ending,
    NumberedEvent,
    ReasoningDelta,
    Run,
    RunEvent,
    RunFinished,
    RunId,
    RunStatus,
    TextDelta,
    answer_of,
)
from domain.tool import ToolCallDelta
from tests.support.builders import ALICE, NOON, ODD_TEXTS, add_conversation, ask, ending, stored_messages, stored_run
from tests.support.databases import Database


@pytest.fixture
async def run(database: Database) -> Run:
    return await ask(database, await add_conversation(database), "question")


async def whole_log(database: Database, run: Run) -> list[NumberedEvent]:
    return await database.run_log.read(run.id, after=0, limit=10_000)


def entry(run: Run, first: int, *words: str) -> LogEntry:
    return LogEntry(run, first, tuple(TextDelta(word) for word in words))


def numbered(*events: RunEvent) -> list[NumberedEvent]:
    return [NumberedEvent(number, event) for number, event in enumerate(events, start=1)]


async def test_what_was_written_is_read_back_in_order_and_numbered(database: Database, run: Run) -> None:
    said: list[RunEvent] = [TextDelta("a"), ReasoningDelta("b"), TextDelta(""), ToolCallDelta(1, "c", "d", '{"e')]
    said[1] = ReasoningDelta("b", ProviderState("p", {"signature": ["s"]}, "m"))
    assert await database.run_log.write([LogEntry(run, 1, (said[0], said[1]))]) == set()
    assert await database.run_log.write([LogEntry(run, 3, (said[2], said[3]))]) == set()
    assert await whole_log(database, run) == numbered(*said)
    assert (await stored_run(database, run.id)).last_event == 4


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_every_text_comes_back_as_it_was(database: Database, run: Run, text: str) -> None:
    await database.run_log.write([LogEntry(run, 1, (TextDelta(text), ReasoningDelta(text)))])
    assert await whole_log(database, run) == numbered(TextDelta(text), ReasoningDelta(text))


async def test_what_an_answer_cites_is_kept_in_the_log_and_on_the_message(database: Database, run: Run) -> None:
    told = Citation(
        number=1, chunk_id=ChunkId(7), document_id=DocumentId(3), filename="a.pdf", version=2, page=None, start=0, end=9
    )
    checked = replace(told, page=4, start=2, end=5, quote="Gr\u00fc\u00dfe", verified=True, score=0.5, excerpt="x")
    said: list[RunEvent] = [TextDelta("So "), SourceCited(told), TextDelta("[1]."), SourcesChecked((checked,))]
    assert await database.run_log.write([LogEntry(run, 1, tuple(said))]) == set()
    assert await whole_log(database, run) == numbered(*said)
    outcome = RunFinished(RunStatus.COMPLETED, "stop")
    entry = LogEntry(run, 5, (outcome,), Ending(outcome, answer_of([*said, outcome]), NOON))
    assert await database.run_log.write([entry]) == set()
    [_, answer] = await stored_messages(database, run.conversation_id)
    assert answer.parts == (Text("So [1].", citations=(checked,)),)


async def test_from_every_cursor_and_in_pages_of_any_size_it_is_the_same_log(database: Database, run: Run) -> None:
    first = 1
    for size in (1, 3, 2, 5, 1):
        await database.run_log.write([entry(run, first, *(f"word {first + i}" for i in range(size)))])
        first += size
    await database.run_log.write([ending(run, "answer", first=first)])
    whole = await whole_log(database, run)
    assert [event.number for event in whole] == list(range(1, 15))
    for after in range(len(whole) + 1):
        for limit in (1, 2, 4, 100):
            read: list[NumberedEvent] = []
            cursor = after
            while page := await database.run_log.read(run.id, after=cursor, limit=limit):
                assert len(page) >= min(limit, len(whole) - cursor)
                read += page
                cursor = page[-1].number
            assert read == whole[after:]


async def test_nothing_is_read_of_a_run_without_events_or_beyond_the_last(database: Database, run: Run) -> None:
    assert await whole_log(database, run) == []
    await database.run_log.write([entry(run, 1, "word")])
    for after in (1, 2, 10**9):
        assert await database.run_log.read(run.id, after=after, limit=10) == []
    assert await database.run_log.read(RunId(999_999), after=0, limit=10) == []


async def test_writing_nothing_is_no_work(database: Database) -> None:
    assert await database.run_log.write([]) == set()


async def test_a_group_is_many_runs_in_one_commit(database: Database) -> None:
    runs = [await ask(database, await add_conversation(database), "question") for _ in range(30)]
    group = [entry(run, 1, f"for run {run.id}", "and more") for run in runs]
    assert await database.run_log.write(group) == set()
    for run in runs:
        assert await whole_log(database, run) == numbered(TextDelta(f"for run {run.id}"), TextDelta("and more"))


async def test_the_refused_of_a_group_leave_nothing_and_do_not_hold_the_others_back(database: Database) -> None:
    kept, ended, ending_now = [await ask(database, await add_conversation(database), "question") for _ in range(3)]
    taken_over = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([ending(ended, "answer")])
    unknown = replace(kept, id=RunId(999_999))
    refused = await database.run_log.write(
        [
            entry(unknown, 1, "refused"),
            entry(kept, 1, "kept"),
            entry(ended, 3, "refused"),
            ending(ending_now, "kept too"),
            entry(replace(taken_over, fence=0), 1, "refused"),
        ]
    )
    assert refused == {unknown.id, ended.id, taken_over.id}
    assert await whole_log(database, kept) == numbered(TextDelta("kept"))
    assert (await stored_run(database, ending_now.id)).status is RunStatus.COMPLETED
    assert len(await whole_log(database, ended)) == 2
    assert await whole_log(database, taken_over) == await whole_log(database, unknown) == []
    assert (await stored_run(database, taken_over.id)).last_event == 0


@pytest.mark.parametrize("fence", [0, 2, 2**40])
async def test_a_writer_with_another_fence_is_refused(database: Database, run: Run, fence: int) -> None:
    paused = replace(run, fence=fence)
    assert await database.run_log.write([entry(paused, 1, "word")]) == {run.id}
    assert await database.run_log.write([ending(paused, "answer")]) == {run.id}
    assert await whole_log(database, run) == []
    assert await stored_run(database, run.id) == run
    assert [message.text for message in await stored_messages(database, run.conversation_id)] == ["question", ""]


async def test_a_run_that_was_deleted_takes_nothing(database: Database, run: Run) -> None:
    async with database.begin() as tx:
        await tx.conversations.delete(run.conversation_id, owner=ALICE)
        await tx.commit()
    assert await database.run_log.write([entry(run, 1, "word")]) == {run.id}
    assert await database.run_log.write([ending(run, "answer")]) == {run.id}
    assert await whole_log(database, run) == []


async def test_writing_the_same_again_changes_nothing_and_is_no_refusal(database: Database, run: Run) -> None:
    entries = [entry(run, 1, "a", "b"), entry(run, 3, "c"), ending(run, "abc", first=4)]
    for one in entries:
        assert await database.run_log.write([one]) == set()
        before = await whole_log(database, run), await stored_run(database, run.id)
        assert await database.run_log.write([one]) == set()
        assert (await whole_log(database, run), await stored_run(database, run.id)) == before
    for one in entries:
        assert await database.run_log.write([one]) == set()
    assert len(await whole_log(database, run)) == 5


@pytest.mark.parametrize("first", [1, 2, 3, 5, 100])
async def test_an_entry_that_does_not_go_on_where_the_log_ends_is_refused(
    database: Database, run: Run, first: int
) -> None:
    await database.run_log.write([entry(run, 1, "a", "b", "c")])
    before = await whole_log(database, run)
    assert await database.run_log.write([entry(run, first, "other")]) == {run.id}
    assert await database.run_log.write([ending(run, "other", first=first)]) == {run.id}
    assert await whole_log(database, run) == before
    assert (await stored_run(database, run.id)).status is RunStatus.RUNNING


async def test_a_group_written_again_keeps_what_only_the_second_time_brings(database: Database, run: Run) -> None:
    other = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([entry(run, 1, "a")])
    assert await database.run_log.write([entry(run, 1, "a"), entry(other, 1, "b")]) == set()
    assert await whole_log(database, run) == numbered(TextDelta("a"))
    assert await whole_log(database, other) == numbered(TextDelta("b"))


@pytest.mark.parametrize("turns", range(0, 16, 3))
async def test_a_write_that_was_cut_off_can_be_written_again(database: Database, run: Run, turns: int) -> None:
    last = ending(run, "answer")
    task = asyncio.create_task(database.run_log.write([last]))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        assert await database.run_log.write([last]) == set()
    assert await whole_log(database, run) == numbered(*last.events)


async def test_a_run_keeps_growing_while_others_read_it(database: Database, run: Run) -> None:
    async def write() -> None:
        for number in range(1, 31):
            await database.run_log.write([entry(run, number, str(number))])
        await database.run_log.write([ending(run, first=31)])

    async def read() -> list[NumberedEvent]:
        seen: list[NumberedEvent] = []
        while not seen or not isinstance(seen[-1].event, RunFinished):
            seen += await database.run_log.read(run.id, after=len(seen), limit=7)
            await asyncio.sleep(0)
        return seen

    async with asyncio.timeout(20):
        *readers, _ = await asyncio.gather(read(), read(), read(), write())
    for seen in readers:
        assert seen == await whole_log(database, run)
        assert [event.number for event in seen] == list(range(1, 32))
