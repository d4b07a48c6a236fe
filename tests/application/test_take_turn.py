"""Turns of any messages: below the head, or below any earlier answer; tools are called and their results come back."""

import asyncio
from typing import Any

import pytest

from application.chat.take_turn import NextTurn
from application.ports.language_model import ModelFinished, ModelRequest
from domain.access import Principal
from domain.conversation import Image, MessageStatus, PromptMessage, Role, Text, ToolCall, ToolResult
from domain.errors import ConversationNotFound, InvalidInput, ReplyInProgress, RunNotFound
from domain.run import IfBusy, ReasoningDelta, Run, RunId, RunSettings, RunStatus, TextDelta
from domain.title import UNTITLED
from domain.tool import ANY_OBJECT, NamedTool, ToolCallDelta, ToolSpec
from tests.support.builders import BOB, key, said, stored_conversation, stored_messages
from tests.support.core import ANN, LEASE_SECONDS, Core, running, until
from tests.support.scripted_model import ScriptedModel, Step, whole

BEN = Principal(BOB)
WEATHER = ToolSpec("weather", "What the weather is", {"type": "object"})
CALLS: list[Step] = [
    [TextDelta("Let me look."), ToolCallDelta(0, "a", "weather", '{"in":')],
    [ToolCallDelta(0, arguments=' "Bern"}'), ToolCallDelta(1, "b", "weather", "{}")],
    [ModelFinished("tool_calls", "scripted")],
]
CALLED = (Text("Let me look."), ToolCall("a", "weather", '{"in": "Bern"}'), ToolCall("b", "weather", "{}"))
ASKED = said(Role.USER, "Rain?")
RESULTS = (said(Role.TOOL, ToolResult("a", "dry")), said(Role.TOOL, ToolResult("b", "wet")))


async def take(core: Core, *input: PromptMessage, **more: Any) -> Run:
    core.clock.move(1)
    return await core.take_turn(ANN, NextTurn(input=input, **more))


async def taken(core: Core, *input: PromptMessage, script: list[Step] | None = None, **more: Any) -> Run:
    """To its end."""
    core.model.script = whole("Because.") if script is None else script
    run = await take(core, *input, **more)
    await core.follow(run.id)
    return await core.stored_run(run.id)


def shown(request: ModelRequest) -> list[tuple[Role, tuple[object, ...]]]:
    return [(message.role, message.parts) for message in request.messages]


async def test_all_messages_are_stored_in_order_and_the_model_is_shown_them(core: Core) -> None:
    input = (
        said(Role.SYSTEM, "You are a bird."),
        said(Role.USER, "Who is this?", Image("https://example.org/wren.png", "low")),
        said(Role.ASSISTANT, "A wren."),
        said(Role.USER, "Really?"),
    )
    run = await taken(core, *input)
    *given, answer = await stored_messages(core.database, run.conversation_id)
    assert [(message.role, message.parts) for message in given] == [(m.role, m.parts) for m in input]
    assert [message.parent_id for message in (*given, answer)] == [None, *(message.id for message in given)]
    assert {message.status for message in given} == {MessageStatus.COMPLETED}
    assert (given[-1].id, answer.id) == (run.question_id, run.answer_id)
    assert core.model.requests[0].messages == (said(Role.SYSTEM, "Be brief."), *input)
    conversation = await stored_conversation(core.database, run.conversation_id)
    assert (conversation.title, conversation.head_id) == ("Who is this?", answer.id)


async def test_tools_are_called_and_their_results_are_the_next_turn(core: Core) -> None:
    settings = RunSettings(tools=(WEATHER,))
    first = await taken(core, ASKED, script=CALLS, settings=settings)
    assert (first.status, first.finish_reason) == (RunStatus.COMPLETED, "tool_calls")
    assert (await core.stored_answer(first)).parts == CALLED
    second = await taken(core, *RESULTS, previous_run_id=first.id, settings=settings)
    assert shown(core.model.requests[1])[1:] == [
        (Role.USER, ASKED.parts),
        (Role.ASSISTANT, CALLED),
        *((result.role, result.parts) for result in RESULTS),
    ]
    assert second.conversation_id == first.conversation_id
    assert [message.role for message in await stored_messages(core.database, first.conversation_id)] == [
        Role.USER,
        Role.ASSISTANT,
        Role.TOOL,
        Role.TOOL,
        Role.ASSISTANT,
    ]


async def test_calls_that_nobody_answered_are_not_shown_again(core: Core) -> None:
    first = await taken(core, ASKED, script=CALLS)
    await taken(core, said(Role.USER, "Never mind."), previous_run_id=first.id)
    assert shown(core.model.requests[1])[1:] == [
        (Role.USER, ASKED.parts),
        (Role.ASSISTANT, CALLED[:1]),
        (Role.USER, (Text("Never mind."),)),
    ]


async def test_below_an_answer_that_is_not_the_head_a_branch_begins(core: Core) -> None:
    first = await taken(core, said(Role.USER, "one"), script=whole("ONE"))
    second = await taken(core, said(Role.USER, "two"), previous_run_id=first.id)
    third = await taken(core, said(Role.USER, "other"), previous_run_id=first.id, script=whole("OTHER"))
    assert first.conversation_id == second.conversation_id == third.conversation_id
    assert await core.texts(first.conversation_id) == ["one", "ONE", "other", "OTHER"]
    assert [message.text for message in core.model.requests[-1].messages] == ["Be brief.", "one", "ONE", "other"]


async def test_in_a_conversation_it_goes_below_the_head(core: Core) -> None:
    first = await taken(core, said(Role.USER, "one"), script=whole("ONE"))
    await taken(core, said(Role.USER, "two"), conversation_id=first.conversation_id, script=whole("TWO"))
    assert await core.texts(first.conversation_id) == ["one", "ONE", "two", "TWO"]


async def test_without_words_of_the_user_the_conversation_has_no_title_of_its_own(core: Core) -> None:
    run = await taken(core, said(Role.USER, Image("https://example.org/wren.png")))
    assert (await stored_conversation(core.database, run.conversation_id)).title == UNTITLED


async def test_what_is_not_there_or_another_s_is_not_found(core: Core) -> None:
    run = await taken(core, ASKED)
    for wrong in (RunId(999), RunId(2**70)):
        with pytest.raises(RunNotFound):
            await take(core, ASKED, previous_run_id=wrong)
    with pytest.raises(RunNotFound):
        await core.take_turn(BEN, NextTurn(input=(ASKED,), previous_run_id=run.id))
    with pytest.raises(ConversationNotFound):
        await core.take_turn(BEN, NextTurn(input=(ASKED,), conversation_id=run.conversation_id))


BAD_INPUT = {
    "nothing": ((), "input"),
    "too many": ((ASKED,) * 1_001, "input"),
    "an empty message": ((ASKED, said(Role.USER)), "input[1]"),
    "NUL": ((said(Role.USER, "a\x00b"),), "input[0]"),
    "half a surrogate pair in a result": ((said(Role.TOOL, ToolResult("a", "\ud800")),), "input[0]"),
    "a long text": ((said(Role.USER, "x" * 1_000_001),), "input[0]"),
    "a result of no call": ((ASKED, said(Role.TOOL, ToolResult("zzz", "dry"))), "input"),
    "two results of one call": (
        (said(Role.ASSISTANT, ToolCall("a", "f", "{}")), RESULTS[0], RESULTS[0]),
        "input",
    ),
}


@pytest.mark.parametrize(("input", "field"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
async def test_what_cannot_be_taken_is_refused_by_name_and_nothing_is_stored(
    core: Core, input: tuple[PromptMessage, ...], field: str
) -> None:
    run = await taken(core, ASKED)
    with pytest.raises(InvalidInput) as refusal:
        await take(core, *input, conversation_id=run.conversation_id)
    assert refusal.value.field == field
    assert len(await stored_messages(core.database, run.conversation_id)) == 2


@pytest.mark.parametrize(
    "metadata",
    [{f"k{n}": "v" for n in range(17)}, {"": "v"}, {"k" * 65: "v"}, {"k": "v" * 513}, {"k": "\x00"}],
    ids=str,
)
async def test_metadata_has_its_bounds(core: Core, metadata: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await take(core, ASKED, settings=RunSettings(metadata=metadata))
    assert refusal.value.field == "metadata"


SETTINGS = RunSettings(
    instructions="Be a bird.",
    temperature=0.25,
    top_p=0.5,
    max_tokens=77,
    stop=("END",),
    seed=7,
    tools=(WEATHER,),
    tool_choice=NamedTool("weather"),
    parallel_tool_calls=False,
    json_schema=ANY_OBJECT,
    model_extra={"reasoning_effort": "low"},
    metadata={"for": "me"},
    extra={"asked": {"as": "it was"}},
)
ASKED_WITH_SETTINGS = ModelRequest(
    model="scripted:other",
    messages=(said(Role.SYSTEM, "Be a bird."), ASKED),
    temperature=0.25,
    top_p=0.5,
    max_tokens=77,
    stop=("END",),
    seed=7,
    tools=(WEATHER,),
    tool_choice=NamedTool("weather"),
    parallel_tool_calls=False,
    json_schema=ANY_OBJECT,
    extra={"reasoning_effort": "low"},
    may_begin_anew=True,
)


async def test_the_model_is_asked_as_the_settings_say_and_they_are_kept(core: Core) -> None:
    run = await taken(core, ASKED, model="scripted:other", settings=SETTINGS)
    assert core.model.requests == [ASKED_WITH_SETTINGS]
    assert run.settings == SETTINGS


async def test_the_next_turn_begins_from_the_servers_prompt_again(core: Core) -> None:
    first = await taken(core, ASKED, settings=SETTINGS)
    await taken(core, said(Role.USER, "And now?"), previous_run_id=first.id)
    request = core.model.requests[1]
    assert [message.text for message in request.messages] == ["Be brief.", "Rain?", "Because.", "And now?"]
    assert (request.temperature, request.tools, request.json_schema) == (None, (), None)


async def test_empty_instructions_mean_no_system_prompt(core: Core) -> None:
    await taken(core, ASKED, settings=RunSettings(instructions=""))
    assert core.model.requests[0].messages == (ASKED,)


async def abandoned(core: Core, *input: PromptMessage, **more: Any) -> Run:
    """A run whose worker is cut off for longer than the lease while the model is asked."""
    core.model.script = [asyncio.Event()]
    run = await take(core, *input, **more)
    await until(lambda: core.model.open_streams == 1)
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    return run


@pytest.mark.parametrize("count", [1, 9, 10, 11, 150])
async def test_a_takeover_asks_as_the_first_worker_did_however_long_the_input(core: Core, count: int) -> None:
    first = await taken(core, ASKED)
    input = [said(Role.USER, f"part {n}") for n in range(count)]
    run = await abandoned(core, *input, previous_run_id=first.id, settings=SETTINGS)
    async with running(core.replica(model=ScriptedModel(whole("Done.")))) as replica:
        await replica.follow(run.id)
        assert replica.model.requests == [core.model.requests[-1]]
    assert core.model.requests[-1].messages[-count:] == tuple(input)


async def test_a_call_that_was_begun_before_a_takeover_counts_for_nothing(core: Core) -> None:
    core.model.script = [*CALLS[:1], asyncio.Event()]
    run = await take(core, ASKED)
    await until(lambda: (live := core.worker.live(run.id)) and live.last)
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    script: list[Step] = [[ReasoningDelta("Hm."), ToolCallDelta(0, "c", "weather", "{}")], CALLS[-1]]
    async with running(core.replica(model=ScriptedModel(script))) as replica:
        await replica.follow(run.id)
    *_, call = (await core.stored_answer(run)).parts
    assert call == ToolCall("c", "weather", "{}")


async def test_a_refusal_says_so(core: Core) -> None:
    script: list[Step] = [[TextDelta("I will not."), ModelFinished("stop", "scripted", refused=True)]]
    run = await taken(core, ASKED, script=script)
    assert (run.status, run.refused, run.finish_reason) == (RunStatus.COMPLETED, True, "refusal")


async def test_while_a_run_is_active_a_turn_is_refused_or_queued_behind_it(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("Because.")]
    first = await take(core, ASKED)
    for place in ({"previous_run_id": first.id}, {"conversation_id": first.conversation_id}):
        with pytest.raises(ReplyInProgress) as refusal:
            await take(core, ASKED, **place)
        assert refusal.value.run_id == first.id
    queued = await take(
        core, said(Role.USER, "a"), said(Role.USER, "b"), previous_run_id=first.id, if_busy=IfBusy.QUEUE
    )
    assert queued.status is RunStatus.QUEUED
    gate.set()
    await core.follow(queued.id)
    assert [message.text for message in core.model.requests[1].messages] == ["Be brief.", "Rain?", "Because.", "a", "b"]


async def test_the_same_request_again_is_the_same_turn(core: Core) -> None:
    first = await taken(core, ASKED, key=key())
    assert (await take(core, ASKED, key=key())).id == first.id
    assert len(await stored_messages(core.database, first.conversation_id)) == 2
