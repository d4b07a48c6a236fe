"""Calls of tools on the native routes: in the run's own events and in messages; chat clients see the words alone."""

import json
from typing import Any

import pytest

from application.chat.take_turn import NextTurn
from domain.access import LOCAL_OWNER, Principal
from domain.conversation import Image, PromptMessage, Role, Text, ToolCall, ToolResult
from domain.run import AnswerReset, NumberedEvent, Run, RunSettings
from domain.tool import ToolSpec
from entrypoints.http.encoders.events import as_object
from tests.support.app import Parley

OWNER = Principal(LOCAL_OWNER)
PICTURE = "https://example.org/wren.png"
ASKED = PromptMessage(Role.USER, (Text('call weather with {"in": "Bern"}'), Image(PICTURE)))
WEATHER = ToolSpec("weather", "", {"type": "object"})


@pytest.fixture
async def run(app: Parley) -> Run:
    """The demo model was told to call a tool, and got the result."""
    take, settings = app.container.take_turn(), RunSettings(tools=(WEATHER,))
    first = await take(OWNER, NextTurn(input=(ASKED,), settings=settings))
    await app.http.get(f"/runs/{first.id}/events", headers={"Accept": "application/x-ndjson"})
    result = PromptMessage(Role.TOOL, (ToolResult("call_1", "dry"),))
    second = await take(OWNER, NextTurn(input=(result,), previous_run_id=first.id))
    await app.http.get(f"/runs/{second.id}/events", headers={"Accept": "application/x-ndjson"})
    return first


async def test_the_events_of_a_run_have_its_calls(app: Parley, run: Run) -> None:
    response = await app.http.get(f"/runs/{run.id}/events", headers={"Accept": "application/x-ndjson"})
    *calls, last = map(json.loads, response.text.splitlines())
    assert {call["type"] for call in calls} == {"tool_call_delta"}
    assert (calls[0]["index"], calls[0]["id"], calls[0]["name"]) == (0, "call_1", "weather")
    assert json.loads("".join(call["arguments"] for call in calls)) == {"in": "Bern"}
    assert (last["type"], last["status"], last["finish_reason"]) == ("run_finished", "completed", "tool_calls")


async def test_messages_have_calls_results_and_pictures(app: Parley, run: Run) -> None:
    messages: list[dict[str, Any]] = (await app.http.get(f"/conversations/{run.conversation_id}/messages")).json()[
        "messages"
    ]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[0]["parts"][1] == {"type": "image", "url": PICTURE}
    assert messages[1]["parts"] == [
        {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": '{"in": "Bern"}'}
    ]
    assert messages[2]["parts"] == [{"type": "tool_result", "call_id": "call_1", "content": "dry"}]
    assert (messages[1]["content"], messages[2]["content"]) == ("", "")
    assert "dry" in messages[3]["content"]


def test_an_answer_that_begins_anew_brings_its_calls() -> None:
    parts = (Text("Let me look."), ToolCall("call_1", "weather", "{}"))
    assert as_object(NumberedEvent(7, AnswerReset(parts))) == {
        "seq": 7,
        "type": "answer_reset",
        "text": "Let me look.",
        "tool_calls": [{"id": "call_1", "name": "weather", "arguments": "{}"}],
    }
    assert as_object(NumberedEvent(8, AnswerReset())) == {"seq": 8, "type": "answer_reset", "text": ""}
