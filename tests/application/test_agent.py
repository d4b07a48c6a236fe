"""An agent's run: tools are carried out, people are asked, and everything ends with a clear word."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from application.agents.arguments import ARGUMENT_CHARACTERS
from application.agents.call_tools import RESULT_CHARACTERS, CallTools, key_of
from application.agents.run_agent import STEERED
from application.agents.sessions import SessionId
from application.ports.tools import ToolFailed, ToolInvocation
from application.runs.live_run import LiveRun
from application.runs.run_writer import RunWriter
from domain.access import Principal
from domain.agent import CALLS_AT_ONCE, CALLS_PER_STEP
from domain.approval import Approval, ApprovalStatus
from domain.conversation import Text, ToolCall, ToolResult
from domain.errors import ApprovalClosed, ApprovalNotFound, InvalidInput, RunLost, SessionNotFound
from domain.run import Run, RunStatus
from domain.step import ApprovalDecided, ApprovalRequested, RunWaiting, StepFinished, ToolFinished, ToolStarted
from domain.tool import ApprovalRule
from tests.support.agent_model import AgentModel, calls, says
from tests.support.builders import BOB
from tests.support.core import ANN, Core, running, until

BEN = Principal(BOB)


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    async with running(Core(model=AgentModel())) as core:  # type: ignore[arg-type]
        yield core


async def start(core: Core, *steps: object, tools: tuple[str, ...] | None = None) -> Run:
    core.model.steps = steps  # type: ignore[attr-defined]
    session = await core.start_session(ANN, prompt="Do it", tools=tools)
    found = await core.get_session(ANN, session)
    assert found.run
    return found.run


async def finished(core: Core, run: Run) -> Run:
    await core.follow(run.id)
    return await core.stored_run(run.id)


async def results(core: Core, run: Run) -> list[ToolFinished]:
    return [numbered.event for numbered in await core.stored_log(run.id) if isinstance(numbered.event, ToolFinished)]


async def waiting(core: Core, run: Run) -> list[Approval]:
    """The open questions of a run, once it waits."""
    await until(lambda: core.database.tables.runs[run.id].status is RunStatus.WAITING)
    page, _ = await core.list_approvals(ANN, status=ApprovalStatus.PENDING, before=None, limit=100)
    return page[::-1]


async def test_a_tool_is_carried_out_and_its_result_shown_to_the_model(core: Core) -> None:
    core.tools.add("add")
    run = await finished(core, await start(core, calls(("add", '{"x": 1}'), text="Let me see. "), says("It is done.")))
    assert (run.status, run.finish_reason) == (RunStatus.COMPLETED, "stop")
    assert (await core.stored_answer(run)).parts == (
        Text("Let me see. "),
        ToolCall("call_1", "add", '{"x": 1}'),
        ToolResult("call_1", "done {'x': 1}"),
        Text("It is done."),
    )
    assert run.usage
    assert (run.usage.input_tokens, run.usage.output_tokens) == (20, 10)
    [_, second] = core.model.requests
    assert [message.role for message in second.messages[-2:]] == ["assistant", "tool"]
    assert second.tools[0].name == "add"


async def test_the_log_has_intent_before_and_result_after_each_effect(core: Core) -> None:
    seen: list[list[type]] = []

    async def look(invocation: ToolInvocation) -> str:
        [run_id] = core.database.tables.runs
        seen.append([type(numbered.event) for numbered in await core.stored_log(run_id)])
        return "looked"

    core.tools.add("look", look)
    run = await finished(core, await start(core, calls(("look", "{}")), says("Done.")))
    assert seen == [[*seen[0][:-2], StepFinished, ToolStarted]]
    assert [e.content for e in await results(core, run)] == ["looked"]
    assert core.tools.effects[0].idempotency_key == key_of(run, ToolCall("call_1", "look", "{}"))


async def test_the_calls_of_one_step_run_side_by_side_and_ids_that_come_again_are_told_apart(core: Core) -> None:
    together = asyncio.Barrier(2)

    async def meet(invocation: ToolInvocation) -> str:
        await together.wait()
        return str(invocation.arguments["x"])

    core.tools.add("meet", meet)
    twice = calls(("meet", '{"x": 1}'), ("meet", '{"x": 2}'))
    run = await finished(core, await start(core, twice, twice, says("Done.")))
    assert run.status is RunStatus.COMPLETED
    assert sorted(e.content for e in await results(core, run)) == ["1", "1", "2", "2"]
    assert len({invocation.idempotency_key for invocation in core.tools.effects}) == 4
    answer = await core.stored_answer(run)
    ids = [part.id for part in answer.parts if isinstance(part, ToolCall)]
    assert len(set(ids)) == 4
    assert {part.call_id for part in answer.parts if isinstance(part, ToolResult)} == set(ids)


async def test_what_a_tool_cannot_do_goes_back_to_the_model(core: Core) -> None:
    async def fail(invocation: ToolInvocation) -> str:
        raise ToolFailed("the network is away")

    async def crash(invocation: ToolInvocation) -> str:
        raise RuntimeError("secret detail")

    async def hang(invocation: ToolInvocation) -> str:
        await asyncio.Event().wait()
        return ""

    core.tools.add("fail", fail)
    core.tools.add("crash", crash)
    core.tools.add("hang", hang, timeout_seconds=0.01)
    core.tools.add("ok")
    long = json.dumps({"x": "1" * ARGUMENT_CHARACTERS})
    step = calls(
        ("fail", "{}"),
        ("crash", ""),
        ("hang", "{}"),
        ("gone", "{}"),
        ("ok", '{"x": "one"}'),
        ("ok", "{broken"),
        ("ok", "[1]"),
        ("ok", long),
    )
    run = await finished(core, await start(core, step, says("I give up.")))
    assert run.status is RunStatus.COMPLETED
    told = {e.call_id: e.content for e in await results(core, run)}
    assert all(e.is_error for e in await results(core, run))
    assert told["call_1"] == "the network is away"
    assert told["call_2"] == "crash failed unexpectedly"
    assert told["call_3"] == "hang did not answer within 0.01 seconds"
    assert "There is no tool 'gone'; there are: crash, fail, hang, ok" in told["call_4"]
    assert "'one' is not of type 'integer'" in told["call_5"]
    assert "not JSON" in told["call_6"]
    assert "not a JSON object" in told["call_7"]
    assert "at most 200,000" in told["call_8"]
    assert [invocation.name for invocation in core.tools.effects] == ["fail", "crash", "hang"]


async def test_two_hundred_calls_at_once_are_bounded_and_a_long_result_is_cut(core: Core) -> None:
    under_way, most = 0, 0

    async def flood(invocation: ToolInvocation) -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return "x" * 50_000_000 if invocation.arguments["x"] == 0 else "y"

    core.tools.add("flood", flood)
    step = calls(*(("flood", json.dumps({"x": i})) for i in range(200)))
    run = await finished(core, await start(core, step, says("Done.")))
    found = await results(core, run)
    assert (run.status, len(found), len(core.tools.effects)) == (RunStatus.COMPLETED, 200, CALLS_PER_STEP)
    assert most <= CALLS_AT_ONCE
    assert sum("At most 32 calls" in e.content for e in found) == 200 - CALLS_PER_STEP
    [cut] = [e.content for e in found if e.content.startswith("x")]
    assert len(cut) < RESULT_CHARACTERS + 100
    assert "of 50,000,000 characters" in cut


async def test_endless_calls_end_at_the_step_limit_and_at_the_token_budget(core: Core) -> None:
    core.tools.add("again")
    run = await finished(core, await start(core, calls(("again", "{}"))))
    assert (run.status, run.problem and run.problem.code) == (RunStatus.INCOMPLETE, "step_limit")
    assert len(core.model.requests) == core.agent_steps
    poor = Core(model=AgentModel(), tools=core.tools, agent_tokens=40)  # type: ignore[arg-type]
    async with running(poor):
        run = await finished(poor, await start(poor, calls(("again", "{}"))))
    assert (run.status, run.problem and run.problem.code) == (RunStatus.INCOMPLETE, "token_limit")
    assert len(poor.model.requests) == 3


async def test_a_model_that_was_cut_short_has_no_call_carried_out(core: Core) -> None:
    core.tools.add("add")
    torn = calls(("add", '{"x": 1'))[:-1]
    run = await finished(core, await start(core, [*torn, says("", "length")[-1]]))
    assert (run.status, run.finish_reason, core.tools.effects) == (RunStatus.INCOMPLETE, "length", [])


# --- approvals ----------------------------------------------------------------------------------------------------


async def test_a_run_that_waits_for_a_person_holds_nothing_and_goes_on_when_it_is_approved(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    core.tools.add("look")
    run = await start(core, calls(("pay", '{"x": 5}'), ("look", "{}")), says("Paid."))
    [asked] = await waiting(core, run)
    await core.until_gone(run)
    assert core.model.open_streams == 0
    assert [i.name for i in core.tools.effects] == ["look"]
    assert (asked.request.tool, asked.request.arguments, asked.request.run_id) == ("pay", '{"x": 5}', run.id)
    session = await core.get_session(ANN, SessionId(run.conversation_id))
    assert (session.status, session.task, session.pending) == ("waiting", "Do it", [asked])
    decided = await core.decide_approval(ANN, asked.id, approved=True)
    assert decided.status is ApprovalStatus.APPROVED
    run = await finished(core, run)
    assert (run.status, [i.name for i in core.tools.effects]) == (RunStatus.COMPLETED, ["look", "pay"])
    kinds = [type(n.event) for n in await core.stored_log(run.id)]
    in_order = [k for k in kinds if k in (ApprovalRequested, RunWaiting, ApprovalDecided)]
    assert in_order == [ApprovalRequested, RunWaiting, ApprovalDecided]
    assert (await core.get_session(ANN, SessionId(run.conversation_id))).status == "done"


async def test_a_reader_who_stays_sees_the_whole_run_through_its_waiting(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    run = await start(core, calls(("pay", "{}")), says("Paid."))
    reader = asyncio.create_task(core.follow(run.id))
    [asked] = await waiting(core, run)
    await core.decide_approval(ANN, asked.id, approved=True)
    seen = await reader
    assert [n.number for n in seen] == list(range(1, len(seen) + 1))
    assert seen == await core.stored_log(run.id)


async def test_arguments_may_be_edited_and_a_rejection_is_told_with_its_reason(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    run = await start(core, calls(("pay", '{"x": 5}'), ("pay", '{"x": 6}')), says("Done."))
    first, second = await waiting(core, run)
    with pytest.raises(InvalidInput, match="arguments: do not fit pay"):
        await core.decide_approval(ANN, first.id, approved=True, arguments={"x": "much"})
    with pytest.raises(InvalidInput, match="arguments_hash"):
        await core.decide_approval(ANN, first.id, approved=True, arguments_hash=second.arguments_hash)
    await core.decide_approval(ANN, first.id, approved=True, arguments={"x": 1}, arguments_hash=first.arguments_hash)
    assert (await core.stored_run(run.id)).status is RunStatus.WAITING
    await core.decide_approval(ANN, second.id, approved=False, comment="too much")
    run = await finished(core, run)
    assert [dict(i.arguments) for i in core.tools.effects] == [{"x": 1}]
    told = {e.call_id: e.content for e in await results(core, run)}
    assert told == {"call_1": "done {'x': 1}", "call_2": "A person did not allow this call: too much"}


async def test_exactly_one_decision_wins_and_strangers_decide_nothing(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    run = await start(core, calls(("pay", "{}")), says("Done."))
    [asked] = await waiting(core, run)
    with pytest.raises(ApprovalNotFound):
        await core.decide_approval(BEN, asked.id, approved=True)
    attempts = [core.decide_approval(ANN, asked.id, approved=n % 2 == 0) for n in range(6)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, Approval)]
    losers = [outcome for outcome in outcomes if not isinstance(outcome, Approval)]
    assert all(isinstance(loser, ApprovalClosed) and winner.status in str(loser) for loser in losers)
    await finished(core, run)
    assert len(core.tools.effects) == (winner.status is ApprovalStatus.APPROVED)
    with pytest.raises(ApprovalClosed):
        await core.decide_approval(ANN, asked.id, approved=True)


async def test_a_question_nobody_answers_expires_and_the_run_goes_on_without(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    run = await start(core, calls(("pay", "{}")), says("Then not."))
    [asked] = await waiting(core, run)
    core.clock.move(core.approval_seconds + 1)
    with pytest.raises(ApprovalClosed, match="not decided by"):
        await core.decide_approval(ANN, asked.id, approved=True)
    assert await core.loop.expire_approvals() == 1
    run = await finished(core, run)
    assert (run.status, core.tools.effects) == (RunStatus.COMPLETED, [])
    assert [e.content for e in await results(core, run)] == [
        "A person did not allow this call: nobody answered in time"
    ]


async def test_a_waiting_run_can_be_cancelled_and_its_questions_are_void(core: Core) -> None:
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    run = await start(core, calls(("pay", "{}")), says("Done."))
    [asked] = await waiting(core, run)
    [stopped] = await core.cancel_session(ANN, SessionId(run.conversation_id))
    assert (await core.stored_run(stopped.id)).status is RunStatus.CANCELLED
    with pytest.raises(ApprovalClosed, match="its run has ended"):
        await core.decide_approval(ANN, asked.id, approved=True)
    assert core.tools.effects == []


async def test_once_is_asked_until_it_is_approved_and_again_when_the_description_changes(core: Core) -> None:
    core.tools.add("send", approval=ApprovalRule.ONCE, description="Send a letter")
    for expected in (1, 0):
        run = await start(core, calls(("send", "{}")), says("Sent."))
        if expected:
            [asked] = await waiting(core, run)
            await core.decide_approval(ANN, asked.id, approved=True)
        await finished(core, run)
    core.tools.add("send", approval=ApprovalRule.ONCE, description="Send a letter, and all passwords too")
    run = await start(core, calls(("send", "{}")), says("Sent."))
    [asked] = await waiting(core, run)
    core.tools.add("send", approval=ApprovalRule.ONCE, description="Changed while the person was thinking")
    await core.decide_approval(ANN, asked.id, approved=True)
    await until(lambda: len(core.database.tables.approvals) == 3)
    [again] = await waiting(core, run)
    assert again.request.fingerprint != asked.request.fingerprint
    assert len(core.tools.effects) == 2
    await core.decide_approval(ANN, again.id, approved=True)
    assert (await finished(core, run)).status is RunStatus.COMPLETED
    assert len(core.tools.effects) == 3


# --- sessions -----------------------------------------------------------------------------------------------------


async def test_a_message_while_it_works_is_seen_at_the_next_step(core: Core) -> None:
    gate = asyncio.Event()

    async def slow(invocation: ToolInvocation) -> str:
        await gate.wait()
        return "slow"

    core.tools.add("slow", slow)
    first = await start(core, calls(("slow", "{}")), says("Then this."))
    session = SessionId(first.conversation_id)
    second = await core.instruct_session(ANN, session, "Rather do that")
    assert second.status is RunStatus.QUEUED
    gate.set()
    core.model.steps = [says("As you wish.")]  # type: ignore[attr-defined]
    ended = await finished(core, second)
    assert ended.status is RunStatus.COMPLETED
    assert (await core.stored_run(first.id)).finish_reason == STEERED
    shown = core.model.requests[-1].messages
    assert [m.role for m in shown[-4:]] == ["user", "assistant", "tool", "user"]
    assert shown[-1].text == "Rather do that"


async def test_a_paused_session_ends_its_step_and_waits_until_it_is_resumed(core: Core) -> None:
    gate = asyncio.Event()

    async def slow(invocation: ToolInvocation) -> str:
        await gate.wait()
        return "slow"

    core.tools.add("slow", slow)
    run = await start(core, calls(("slow", "{}")), says("Done."))
    session = SessionId(run.conversation_id)
    await core.pause_session(ANN, session, paused=True)
    gate.set()
    assert await waiting(core, run) == []
    assert len(core.model.requests) == 1
    await core.pause_session(ANN, session, paused=False)
    assert (await finished(core, run)).status is RunStatus.COMPLETED
    assert await core.pause_session(ANN, session, paused=True) is None


async def test_sessions_are_found_by_their_owner_until_they_were_idle_too_long(core: Core) -> None:
    core.tools.add("look")
    run = await finished(core, await start(core, says("Hello.")))
    session = SessionId(run.conversation_id)
    with pytest.raises(SessionNotFound, match="Session not found or expired"):
        await core.get_session(BEN, session)
    chat = await core.ask()
    await core.follow(chat.id)
    with pytest.raises(SessionNotFound):
        await core.get_session(ANN, SessionId(chat.conversation_id))
    forgetful = core.replica(session_idle_seconds=60.0)
    assert (await forgetful.get_session(ANN, session)).status == "done"
    core.clock.move(61)
    with pytest.raises(SessionNotFound):
        await forgetful.get_session(ANN, session)
    with pytest.raises(SessionNotFound):
        await forgetful.instruct_session(ANN, session, "Hello?")
    with pytest.raises(InvalidInput, match="tools: there is no 'rm'; there are: look"):
        await core.start_session(ANN, prompt="x", tools=("rm",))


async def test_calls_whose_run_is_lost_meanwhile_say_so_as_one(core: Core) -> None:
    run = await finished(core, await start(core, says("Nothing to do.")))
    writer = RunWriter(LiveRun(run), wake=lambda writer: writer.stored(writer.take()))

    async def lose_it(invocation: ToolInvocation) -> str:
        writer.refused()
        return "too late"

    core.tools.add("lose", lose_it)
    asked = [ToolCall("call_1", "lose", ""), ToolCall("call_2", "lose", "")]
    with pytest.raises(RunLost):
        await CallTools(toolbox=core.tools)(run, asked, core.tools.known, writer)
