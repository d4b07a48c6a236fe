"""What must hold of every store at every moment, whatever people did and whatever died meanwhile."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import takewhile

from domain.conversation import ConversationId, MessageStatus, Role, text_of
from domain.idempotency import IdempotencyKey
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, RunId, RunStatus, answer_of, outcome_of
from domain.usage import CallOutcome
from tests.support.everything import Everything

Log = list[NumberedEvent]


@dataclass
class Asked:
    """A question that somebody sent; once it was accepted, its run.

    `text` is unlike any other question's, and each time that it was sent another of `models` was to answer.
    """

    text: str
    models: list[str] = field(default_factory=list)
    key: IdempotencyKey | None = None
    run: Run | None = None


@dataclass
class Reading:
    """What one reader has seen of a run, from the cursor `after` on, in however many visits."""

    run: Run
    after: int = 0
    seen: Log = field(default_factory=list)
    is_done: bool = False

    @property
    def cursor(self) -> int:
        return self.seen[-1].number if self.seen else self.after


@dataclass
class Oracle:
    """Looks again and again; `logs` are the longest logs that it has seen, also of runs whose events were forgotten.

    Of a run that was forgotten before it saw the end it cannot say what was said.
    `calls` counts how often each model was asked, `whole_answers` are what it may have said to the end. Who hands a run
    over takes its attempt back, so a model may have been asked oftener than there were attempts.
    """

    calls: Counter[str]
    whole_answers: Callable[[str], Collection[str]]
    was_handed_over: bool = False
    logs: dict[RunId, Log] = field(default_factory=dict)
    unseen: set[RunId] = field(default_factory=set)

    def check(self, store: Everything, asked: Collection[Asked], readings: Collection[Reading]) -> None:
        """Raise AssertionError naming what is broken."""
        for run in store.runs.values():
            self._check_calls(run)
            if self._saw(run, store.logs[run.id]):
                self._check_log(run, store.logs[run.id])
                self._check_answer(store, run)
        check_conversations(store)
        check_ledger(store)
        for question in asked:
            check_asked(store, question)
        for reading in readings:
            if reading.run.id in store.runs.keys() - self.unseen:
                self._check_reading(store.runs[reading.run.id], reading)

    def check_at_rest(self, store: Everything, asked: Collection[Asked], readings: Collection[Reading]) -> None:
        """After everything had time to end: nothing is in progress any more, and every reader has seen the end."""
        self.check(store, asked, readings)
        active = [run for run in store.runs.values() if run.status.is_active]
        assert not active, f"runs that never end: {active}"
        waiting = [reading for reading in readings if reading.run.id in store.runs and not reading.is_done]
        assert not waiting, f"readers that never end: {waiting}"

    def _saw(self, run: Run, log: Log) -> bool:
        was_forgotten = not log and not run.status.is_active
        if was_forgotten and len(self.logs.get(run.id, ())) < run.last_event:
            self.unseen.add(run.id)
        return run.id not in self.unseen

    def _check_log(self, run: Run, log: Log) -> None:
        before = self.logs.setdefault(run.id, [])
        if not log and not run.status.is_active:
            log = before  # forgotten
        assert log[: len(before)] == before, f"the log of {run} was changed: {before} became {log}"
        self.logs[run.id] = list(log)
        assert [numbered.number for numbered in log] == list(range(1, run.last_event + 1)), f"numbers of {run}: {log}"
        endings = [numbered for numbered in log if isinstance(numbered.event, RunFinished)]
        if run.status.is_active:
            assert not endings, f"{run} goes on after its end: {log}"
            return
        outcome = outcome_of(run)
        assert endings == log[-1:], f"{run} must end once and last: {log}"
        assert log[-1].event == outcome, f"{run} and its log end differently: {log[-1]}"

    def _check_answer(self, store: Everything, run: Run) -> None:
        answer = store.messages[run.answer_id]
        assert (answer.role, answer.run_id, answer.parent_id) == (Role.ASSISTANT, run.id, run.question_id)
        if run.status.is_active:
            assert (answer.status, answer.parts) == (MessageStatus.IN_PROGRESS, ()), f"{run} answered early: {answer}"
            return
        assert answer.status == run.status.value, f"{run} and its answer end differently: {answer}"
        said = answer_of(numbered.event for numbered in self.logs[run.id])
        assert answer.parts == said, f"{run} said {said}, and the answer is {answer.parts}"
        if run.status is RunStatus.COMPLETED:
            whole = self.whole_answers(run.model)
            assert answer.text in whole, f"{run} was completed with {answer.text!r}, which is none of {whole}"

    def _check_calls(self, run: Run) -> None:
        """A run is executed at most once under each fence."""
        assert run.attempts <= run.fence
        most = run.fence if self.was_handed_over else run.attempts
        assert self.calls[run.model] <= most, f"{run} asked the model {self.calls[run.model]} times"

    def _check_reading(self, run: Run, reading: Reading) -> None:
        """Every event from the cursor on, or so far and then the end of a run whose events were forgotten."""
        log, seen = self.logs[run.id], reading.seen
        expected = log[reading.after : reading.after + len(seen)]
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(seen, expected, strict=False)))
        answer = AnswerReset(answer_of(numbered.event for numbered in log))
        end = [NumberedEvent(len(log) - 1, answer), *log[-1:]]
        missed = f"a reader of {run} saw {seen} of {log} from {reading.after} on"
        assert seen[alike:] == end[: len(seen) - alike], missed
        if reading.is_done:
            assert reading.cursor == run.last_event, missed


def check_conversations(store: Everything) -> None:
    """The messages of each are a tree of questions and answers, and at most one run is at work in it."""
    for message in store.messages.values():
        if message.parent_id is not None:
            parent = store.messages[message.parent_id]
            assert parent.conversation_id == message.conversation_id, f"{message} hangs on {parent}"
            assert parent.id < message.id, f"{message} is older than its parent"
            assert (parent.role, message.role) in QUESTION_AND_ANSWER, f"{message} follows {parent}"
        assert (message.role is Role.ASSISTANT) == (message.run_id is not None), f"{message} without a run"
    for conversation in store.conversations.values():
        head = conversation.head_id
        assert head is None or store.messages[head].conversation_id == conversation.id, f"the head of {conversation}"
    check_one_at_a_time(store)


QUESTION_AND_ANSWER = ((Role.USER, Role.ASSISTANT), (Role.ASSISTANT, Role.USER))


def check_one_at_a_time(store: Everything) -> None:
    at_work: dict[ConversationId, Run] = {}
    for run in store.runs.values():
        assert store.conversations[run.conversation_id].owner == run.owner, f"{run} is not its owner's"
        if run.status in (RunStatus.RUNNING, RunStatus.WAITING):
            other = at_work.setdefault(run.conversation_id, run)
            assert other is run, f"{run} and {other} are at work in one conversation"


def check_ledger(store: Everything) -> None:
    """What a run reported is in the ledger, once; what it asked besides, in vain, is marked as that."""
    lines = Counter[int]()
    for line in store.ledger:
        if line.run_id and line.outcome is CallOutcome.COMPLETED:
            lines[line.run_id] += line.usage.total_tokens
    reported = {run.id: run.usage.total_tokens for run in store.runs.values() if run.usage}
    found = {id: lines[id] for id in reported}
    assert found == reported, f"the ledger has {found}, the runs say {reported}"
    in_vain = [line for line in store.ledger if line.outcome is not CallOutcome.COMPLETED]
    assert all(line.estimated for line in in_vain), in_vain


def check_asked(store: Everything, asked: Asked) -> None:
    """What was accepted is there exactly once, until its conversation is deleted; what was not, at most once."""
    found = [m for m in store.messages.values() if m.role is Role.USER and text_of(m.parts) == asked.text]
    runs = [run for run in store.runs.values() if run.model in asked.models]
    assert len(runs) <= 1, f"{asked} is answered by {runs}"
    assert len(found) <= 1, f"{asked} was stored as {found}"
    if asked.run and asked.run.conversation_id in store.conversations:
        assert [run.id for run in runs] == [asked.run.id], f"{asked} was accepted, and there is {runs}"
        assert [m.id for m in found] == [asked.run.question_id], f"{asked} was accepted, and there is {found}"
