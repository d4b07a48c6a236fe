"""The oracle finds nothing wrong with what the stores do, and whatever else one makes of it it calls wrong."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from application.ports.run_log import LogEntry
from domain.conversation import MessageStatus, Text
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, RunStatus, TextDelta
from tests.support.builders import add_conversation, again, ending, opened, turn
from tests.support.databases import Database
from tests.support.everything import Everything, everything
from tests.support.oracle import Asked, Oracle, Reading

Change = Callable[["Story"], None]


class Story:
    """A conversation with an answer, another answer to the same question, a run at work and one that waits."""

    def __init__(self, store: Everything) -> None:
        self.store = store
        self.first, self.other, self.busy, self.waiting = store.runs.values()
        first = self.first
        log = store.logs[first.id]
        self.asked = [Asked("Why?", [first.model], run=first)]
        self.readings = [Reading(first, 0, list(log), is_done=True), Reading(first, 1, log[1:2])]
        self.calls: Counter[str] = Counter()

    def check(self) -> None:
        oracle = Oracle(self.calls, lambda model: ["Because.", "Therefore."])
        oracle.check(self.store, self.asked, self.readings)

    def change_run(self, run: Run, **fields: object) -> None:
        self.store.runs[run.id] = replace(self.store.runs[run.id], **fields)  # type: ignore[arg-type]

    def change_answer(self, run: Run, **fields: object) -> None:
        answer = self.store.messages[run.answer_id]
        self.store.messages[run.answer_id] = replace(answer, **fields)  # type: ignore[arg-type]

    def change_question(self, run: Run, **fields: object) -> None:
        question = self.store.messages[run.question_id]
        self.store.messages[run.question_id] = replace(question, **fields)  # type: ignore[arg-type]

    def say(self, run: Run, text: str) -> None:
        self.change_event(run, 0, NumberedEvent(1, TextDelta(text)))
        self.change_answer(run, parts=(Text(text),))
        self.readings.clear()

    def change_event(self, run: Run, at: int, event: NumberedEvent) -> None:
        self.store.logs[run.id][at] = event


@pytest.fixture
async def story(database: Database) -> Story:
    conversation = await add_conversation(database)
    first = await opened(database, turn(conversation, "Why?", model="demo:1"))
    await database.run_log.write([ending(first, "Because.")])
    other = await opened(database, replace(again(conversation, first.question_id), model="demo:2"))
    await database.run_log.write([ending(other, "Therefore.")])
    busy = await opened(database, turn(conversation, "And?", parent_id=other.answer_id, model="demo:3"))
    await database.run_log.write([LogEntry(busy, 1, (TextDelta("Half"),))])
    await opened(database, turn(conversation, "Then?", parent_id=busy.answer_id, model="demo:4", worker=None))
    return Story(await everything(database))


async def test_nothing_is_wrong_with_what_the_store_has(story: Story) -> None:
    assert (len(story.store.runs), len(story.store.messages), len(story.store.ledger)) == (4, 7, 2)
    story.check()


async def test_runs_in_progress_are_wrong_at_rest_alone(story: Story) -> None:
    oracle = Oracle(story.calls, lambda model: ["Because.", "Therefore."])
    with pytest.raises(AssertionError, match="never end"):
        oracle.check_at_rest(story.store, story.asked, story.readings)


async def test_a_log_that_changes_is_wrong(story: Story) -> None:
    oracle = Oracle(story.calls, lambda model: ["Because.", "Therefore."])
    oracle.check(story.store, story.asked, [])
    story.change_event(story.busy, 0, NumberedEvent(1, TextDelta("Whole")))
    with pytest.raises(AssertionError, match="was changed"):
        oracle.check(story.store, story.asked, [])


async def test_events_may_be_forgotten_once_the_run_has_ended(story: Story) -> None:
    oracle = Oracle(story.calls, lambda model: ["Because.", "Therefore."])
    oracle.check(story.store, story.asked, story.readings)
    story.store.logs[story.first.id].clear()
    snapshot = [NumberedEvent(1, AnswerReset((Text("Because."),))), story.readings[0].seen[-1]]
    story.readings.append(Reading(story.first, 0, snapshot, is_done=True))
    oracle.check(story.store, story.asked, story.readings)


async def test_of_a_run_that_was_forgotten_before_it_was_seen_it_says_nothing(story: Story) -> None:
    story.store.logs[story.first.id].clear()
    story.check()


WRONG: dict[str, Change] = {
    "a gap": lambda s: s.change_event(s.first, 1, s.store.logs[s.first.id][1]._replace(number=3)),
    "two endings": lambda s: s.change_event(s.first, 0, NumberedEvent(1, s.store.logs[s.first.id][1].event)),
    "an ending that goes on": lambda s: s.change_run(s.first, status=RunStatus.RUNNING),
    "another ending": lambda s: s.change_run(s.first, finish_reason="length"),
    "a lost event": lambda s: s.store.logs[s.busy.id].clear(),
    "another answer than was said": lambda s: s.change_answer(s.first, parts=(Text("Because!"),)),
    "an answer in progress for ever": lambda s: s.change_answer(s.first, status=MessageStatus.IN_PROGRESS),
    "an answer before its end": lambda s: s.change_answer(s.busy, parts=(Text("Half"),)),
    "an answer without a run": lambda s: s.change_answer(s.first, run_id=None),
    "a complete answer that nobody gave": lambda s: s.say(s.first, "Be"),
    "too many calls": lambda s: s.calls.update({s.other.model: 2}),
    "two at work": lambda s: s.change_run(s.waiting, status=RunStatus.RUNNING),
    "a bill twice": lambda s: s.store.ledger.append(s.store.ledger[0]),
    "a bill never": lambda s: s.store.ledger.clear(),
    "a lost question": lambda s: s.asked.append(Asked("What?", ["demo:lost"], run=replace(s.first, id=s.busy.id))),
    "a question twice": lambda s: s.change_question(s.busy, parts=(Text("Why?"),)),
    "a reader that missed something": lambda s: s.readings[0].seen.reverse(),
    "a reader that saw something twice": lambda s: s.readings[0].seen.insert(0, s.readings[0].seen[0]),
    "a reader that was sent away early": lambda s: s.readings.append(Reading(s.first, 0, [], is_done=True)),
    "a reader that saw what is not stored": lambda s: s.readings.append(
        Reading(s.busy, 1, [NumberedEvent(2, RunFinished(RunStatus.COMPLETED))])
    ),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
async def test_it_is_noticed(story: Story, change: Change) -> None:
    change(story)
    with pytest.raises(AssertionError):
        story.check()
