"""Compare what is stored with what people were told; what must hold of any store is the oracle's business."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.tables import ACTIVE, runs
from domain.conversation import Role, text_of
from domain.run import AnswerReset, RunEvent, RunFinished, RunId, TextDelta
from tests.chaos.history import History, Shown
from tests.support.everything import Everything, everything
from tests.support.oracle import Asked, Oracle
from tests.support.provider import Call


async def judge(history: History, database_url: str, calls: Sequence[Call], *, patience_seconds: float) -> list[str]:
    """Every way in which what is stored, once all runs have had time to end, is not what it should be.

    What people noticed themselves comes first. The provider answers with the question, and each run has a model of its
    own name, so what gets to the wrong place shows, and what is paid twice.
    """
    database = SqlDatabase.connect(database_url, statement_seconds=60)
    try:
        await _until_nothing_runs(database, patience_seconds)
        store = await everything(database)
    finally:
        await database.dispose()
    texts = {ask.model: ask.text for ask in history.asks} | history.again
    paid = Counter(str(call.body["model"]) for call in calls)
    oracle = Oracle(paid, lambda model: {texts[model]}, was_handed_over=True)
    asked = [Asked(ask.text, [ask.model], run=store.runs.get(RunId(ask.run_id or 0))) for ask in history.asks]
    return [*history.wrong, *_broken(oracle, store, asked), *_questions(history, store), *_shown(history, store)]


async def _until_nothing_runs(database: SqlDatabase, seconds: float) -> None:
    active = sa.select(sa.func.count()).select_from(runs).where(ACTIVE)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        async with database.backend.read() as session:
            if not await session.run(lambda connection: connection.execute(active).scalar_one(), slow=True):
                return
        await asyncio.sleep(0.1)


def _broken(oracle: Oracle, store: Everything, asked: list[Asked]) -> Iterator[str]:
    try:
        oracle.check_at_rest(store, asked, [])
    except AssertionError as broken:
        yield str(broken)


def _questions(history: History, store: Everything) -> Iterator[str]:
    """What was acknowledged is there, what was refused is not, and an answer is to its question."""
    stored = Counter(message.text for message in store.messages.values() if message.role is Role.USER)
    for ask in history.asks:
        if ask.run_id and ask.run_id not in store.runs:
            yield f"run {ask.run_id} was acknowledged and is not stored"
        if ask.outcome == "refused" and stored[ask.text]:
            yield f"{ask.text[:40]!r} was refused and is stored"
    for run in store.runs.values():
        question, answer = store.messages[run.question_id].text, store.messages[run.answer_id].text
        if not question.startswith(answer):
            yield f"run {run.id} answered {answer[:60]!r} to {question[:60]!r}"


def _shown(history: History, store: Everything) -> Iterator[str]:
    """Nothing was shown that is not stored."""
    for run_id, shown in history.shown.items():
        stored = {numbered.number: _as_shown(numbered.event) for numbered in store.logs.get(RunId(run_id), ())}
        for number, event in shown.items():
            if stored.get(number) != event:
                yield f"event {number} of run {run_id} was shown as {event}, and stored is {stored.get(number)}"


def _as_shown(event: RunEvent) -> Shown:
    match event:
        case RunFinished():
            return Shown("end", event.problem.code if event.problem else event.status)
        case AnswerReset():
            return Shown("reset", text_of(event.parts))
        case TextDelta():
            return Shown("text", event.text)
        case _:  # nothing else is said here
            return Shown("other", str(event))
