"""What a page makes of the chunks is what is stored, however the answer came about and whenever the reader came."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.approval import ApprovalId, ApprovalReason
from domain.conversation import (
    ConversationId,
    Image,
    Message,
    MessageId,
    MessageStatus,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)  # fmt: skip
from domain.errors import ServerStopping
from domain.run import (
    AnswerReset,
    NumberedEvent,
    Problem,
    Run,
    RunEvent,
    RunFinished,
    RunId,
    RunKind,
    RunSettings,
    RunStatus,
    TextDelta,
)  # fmt: skip
from domain.step import ApprovalRequested, RunWaiting, StepFinished, ToolFinished, WaitsFor
from domain.tool import ToolCallDelta
from entrypoints.ai_sdk.stream import stored
from entrypoints.ai_sdk.ui_messages import ui_messages
from tests.support.builders import ALICE
from tests.support.told_answers import SERVER_TOOL, told_answers
from tests.support.ui_stream import Chunk, UIMessage, chunks_of, message_of

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HERE, QUESTION, ANSWER = ConversationId(1), MessageId(6), MessageId(7)
RUN = Run(RunId(3), ALICE, RunKind.REPLY, HERE, QUESTION, ANSWER, "m", RunStatus.RUNNING, 1, NOW,
          settings=RunSettings(server_tools=(SERVER_TOOL,)))  # fmt: skip
WHOLE = RunFinished(RunStatus.COMPLETED, "stop")


def message(
    id: int, role: Role, *parts: Part, status: MessageStatus = MessageStatus.COMPLETED, run_id: int | None = None
) -> Message:
    return Message(MessageId(id), HERE, MessageId(id - 1) if id > 1 else None, role, parts, status, NOW, run_id)


def answer(*parts: Part, status: MessageStatus = MessageStatus.COMPLETED) -> Message:
    return message(ANSWER, Role.ASSISTANT, *parts, status=status, run_id=RUN.id)


async def read(batches: Iterable[Sequence[RunEvent]], *, last_event: int = 0, **more: Any) -> list[Chunk]:
    """All that a reader gets; so much of the log was there when the reader came."""

    async def numbered() -> AsyncIterator[list[NumberedEvent]]:
        number = 0
        for batch in batches:
            yield [NumberedEvent(number := number + 1, event) for event in batch]

    pieces = [piece async for piece in stored(replace(RUN, last_event=last_event), numbered(), **more)]
    return chunks_of(b"".join(pieces).decode())


def page(*messages: Message) -> UIMessage:
    [shown] = ui_messages(messages)
    return shown


async def test_a_page_ends_up_with_what_is_stored_whoever_read_from_when() -> None:
    resets = 0
    for told in told_answers(150):
        shown = ui_messages([answer(*told.parts)])
        for last_event in (0, len(told.batches[0]), len(told.events)):
            chunks = await read(told.batches, last_event=last_event)
            got = message_of(chunks)
            resets += any(chunk["type"] == "reset-step" for chunk in chunks)
            if shown:
                assert got == shown[0], told
            assert chunks[-1]["type"] == "finish"
        assert not any(chunk["type"] == "reset-step" for chunk in chunks), "who comes later hears of no reset"
    assert resets > 40


async def test_the_parts_of_the_protocol_are_in_their_order() -> None:
    events: list[RunEvent] = [
        TextDelta("Rain"),
        TextDelta("?"),
        ToolCallDelta(0, "a", "weather", "{"),
        ToolCallDelta(0, arguments="}"),
    ]
    assert await read([events, [RunFinished(RunStatus.COMPLETED, "tool_calls")]]) == [
        {"type": "start", "messageId": "msg_1_7", "messageMetadata": {"conversation_id": 1, "run_id": 3}},
        {"type": "start-step"},
        {"type": "text-start", "id": "m7-0"},
        {"type": "text-delta", "id": "m7-0", "delta": "Rain"},
        {"type": "text-delta", "id": "m7-0", "delta": "?"},
        {"type": "text-end", "id": "m7-0"},
        {"type": "tool-input-start", "toolCallId": "m7.a", "toolName": "weather"},
        {"type": "tool-input-delta", "toolCallId": "m7.a", "inputTextDelta": "{"},
        {"type": "tool-input-delta", "toolCallId": "m7.a", "inputTextDelta": "}"},
        {"type": "tool-input-available", "toolCallId": "m7.a", "toolName": "weather", "input": {}},
        {"type": "finish-step"},
        {"type": "finish", "finishReason": "tool-calls"},
    ]


ENDINGS = {
    "length": (RunFinished(RunStatus.INCOMPLETE, "length"), [{"type": "finish", "finishReason": "length"}]),
    "filtered": (
        RunFinished(RunStatus.INCOMPLETE, "content_filter"), [{"type": "finish", "finishReason": "content-filter"}],
    ),
    "refused": (RunFinished(RunStatus.COMPLETED, "refusal"), [{"type": "finish", "finishReason": "content-filter"}]),
    "strange": (RunFinished(RunStatus.INCOMPLETE, "eos"), [{"type": "finish", "finishReason": "other"}]),
    "stopped": (RunFinished(RunStatus.CANCELLED), [{"type": "abort", "reason": "stopped"}]),
    "failed": (
        RunFinished(RunStatus.FAILED, problem=Problem("provider_unavailable", "It is away")),
        [{"type": "error", "errorText": "It is away"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "last"), ENDINGS.values(), ids=ENDINGS.keys())
async def test_every_ending_has_its_part(outcome: RunFinished, last: list[Chunk]) -> None:
    chunks = await read([[TextDelta("Half a")], [ToolCallDelta(0, "a", "weather", '{"in": "B')], [outcome]])
    assert chunks[-1:] == last
    is_whole = outcome.status is RunStatus.COMPLETED
    told = {chunk["type"] for chunk in chunks}
    assert told & {"tool-input-available", "tool-input-error"} == ({"tool-input-error"} if is_whole else set()), (
        "a call that was cut off is nobody's to carry out; one that is whole but no JSON is told to the model again"
    )


async def test_a_call_that_is_no_json_is_an_error_for_the_page_too() -> None:
    chunks = await read(
        [[ToolCallDelta(0, "a", "weather", '{"in": B}'), RunFinished(RunStatus.COMPLETED, "tool_calls")]]
    )
    shown = page(answer(ToolCall("a", "weather", '{"in": B}')))
    assert message_of(chunks) == shown
    assert (shown["parts"][1]["state"], shown["parts"][1]["rawInput"]) == ("output-error", '{"in": B}')
    torn = page(answer(ToolCall("a", "weather", '{"in"'), status=MessageStatus.CANCELLED))
    assert torn["parts"][1]["state"] == "input-streaming"


async def test_a_server_that_stops_says_so_and_nothing_that_looks_like_an_end() -> None:
    async def stopping() -> AsyncIterator[list[NumberedEvent]]:
        yield [NumberedEvent(1, TextDelta("Half a"))]
        raise ServerStopping

    pieces = [piece async for piece in stored(RUN, stopping())]
    chunks = chunks_of(b"".join(pieces).decode())
    assert chunks[-1] == {"type": "error", "errorText": str(ServerStopping())}


async def test_a_run_that_waits_for_a_person_shows_the_question_and_lets_the_page_answer() -> None:
    call = ToolCallDelta(0, "a", SERVER_TOOL, "{}")
    asked: list[RunEvent] = [
        call,
        StepFinished("model", "tool_calls"),
        ApprovalRequested("a", ApprovalId(5), ApprovalReason.REQUIRED),
    ]
    chunks = await read([asked, [RunWaiting(WaitsFor.APPROVAL)]])
    [_, shown] = message_of(chunks)["parts"]
    assert (shown["state"], shown["approval"], shown["toolCallId"]) == ("approval-requested", {"id": "5"}, "m7.a")
    assert chunks[-1]["type"] == "finish"
    log: list[RunEvent] = [
        *asked,
        RunWaiting(WaitsFor.APPROVAL),
        ToolFinished("a", "no", is_error=True),
        TextDelta("Well."),
        WHOLE,
    ]
    [_, call_shown, _, text] = message_of(await read([log[:4], log[4:]], last_event=5))["parts"]
    assert (call_shown["state"], call_shown["errorText"], text["text"]) == ("output-error", "no", "Well.")


GROUP = (
    message(2, Role.ASSISTANT, Text("Let me look."), ToolCall("a", "weather", "{}"), run_id=1),
    message(3, Role.TOOL, ToolResult("a", '{"sky": "blue"}')),
    message(4, Role.ASSISTANT, ToolCall("a", "tides", "{}"), run_id=2),
    message(5, Role.TOOL, ToolResult("a", "low")),
)


async def test_an_answer_to_results_goes_on_with_the_message_that_the_page_has() -> None:
    shown = page(*GROUP, answer(Text("Blue, and low.")))
    events: list[list[RunEvent]] = [[TextDelta("Blue, and low."), WHOLE]]
    resumed = message_of(await read(events, group=GROUP, replay=True))
    assert resumed == shown
    assert message_of(await read(events, group=GROUP), before=page(*GROUP)) == shown
    assert shown["id"] == "msg_1_2"
    assert shown["metadata"]["run_id"] == RUN.id
    assert [part["type"] for part in shown["parts"]] == [
        "step-start", "text", "tool-weather", "step-start", "tool-tides", "step-start", "text",
    ]  # fmt: skip
    assert [part.get("output") for part in shown["parts"] if "output" in part] == [{"sky": "blue"}, "low"]


async def test_what_is_left_of_a_forgotten_log_is_the_answer_whole() -> None:
    parts = (Reasoning("hm"), Text("Blue."), ToolCall("a", SERVER_TOOL, "{}"), ToolResult("a", "noon"), Text("Noon."))
    chunks = await read([[AnswerReset(parts), WHOLE]], last_event=2)
    assert message_of(chunks) == page(answer(*parts))


def test_a_page_shows_questions_pictures_and_no_answer_without_a_word() -> None:
    picture = Image("data:image/png;base64,AA==")
    messages = [
        message(1, Role.SYSTEM, Text("Be brief.")),
        message(
            2, Role.USER, Text("What?"), picture, Image("https://example.org/a.jpg"), Image("https://example.org/b")
        ),
        message(3, Role.ASSISTANT, status=MessageStatus.FAILED, run_id=1),
        message(4, Role.USER, Text("Again?")),
    ]
    system, question, again = ui_messages(messages)
    assert [each["role"] for each in (system, question, again)] == ["system", "user", "user"]
    assert [part.get("mediaType") for part in question["parts"]] == [None, "image/png", "image/jpeg", "image/*"]
    assert question["parts"][1] == {"type": "file", "mediaType": "image/png", "url": picture.url}
    assert question["id"] == "msg_1_2"
