"""Agents over HTTP, on the demo model and the calculator: sessions, approvals, workflows, and the same under /v1."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE

SUM = 'call calculator with {"expression": "12.5/100*240"}'


@pytest.fixture
async def free(storage: str) -> AsyncIterator[Parley]:
    async with parley(database_url=storage) as app:
        yield app


@pytest.fixture
async def careful(storage: str) -> AsyncIterator[Parley]:
    """Where a person is asked before anything is calculated."""
    async with parley(database_url=storage, tool_approvals={"calculator": "always"}) as app:
        yield app


async def started(app: Parley, prompt: str = SUM, **more: Any) -> str:
    response = await app.http.post("/agent/sessions", json={"initial_prompt": prompt, **more})
    assert response.status_code == 200, response.text
    id: str = response.json()["session_id"]
    return id


async def session(app: Parley, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await app.http.get(f"/agent/sessions/{id}")).json()
    return found


async def settled(app: Parley, id: str) -> dict[str, Any]:
    """The session once it does not work any more."""
    found: dict[str, Any] = {}

    async def is_settled() -> bool:
        found.update(await session(app, id))
        return bool(found["status"] != "running")

    await until(is_settled)
    return found


async def pending(app: Parley) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await app.http.get("/approvals?status=pending")).json()
    return found


async def events_of(app: Parley, run_id: int) -> list[dict[str, Any]]:
    response = await app.http.get(f"/runs/{run_id}/events")
    return [json.loads(line) for line in response.text.splitlines()]


async def test_an_answer_with_tools_says_each_step(free: Parley) -> None:
    body = {"messages": [{"role": "user", "content": SUM}]}
    answer = (await free.http.post("/agent", json=body)).json()
    assert answer["steps"] == [
        {"tool": "calculator", "arguments": {"expression": "12.5/100*240"}, "result": "30", "is_error": False}
    ]
    assert "30" in answer["reply"]
    assert (answer["status"], answer["model"]) == ("completed", "demo:parrot")
    assert (await free.http.get("/conversations")).json() == []


async def test_a_session_works_to_its_end_and_takes_another_task(free: Parley) -> None:
    id = await started(free, tools=["calculator"])
    done = await settled(free, id)
    assert (done["status"], done["current_task"], done["pending_approvals"]) == ("done", None, [])
    assert [message["role"] for message in done["messages"]] == ["user", "assistant"]
    queued = await free.http.post(f"/agent/sessions/{id}/messages", params={"message": "hello"})
    assert queued.json()["status"] == "queued"
    kinds = [event["type"] for event in await events_of(free, done["run_id"])]
    assert kinds.index("step_finished") < kinds.index("tool_started") < kinds.index("tool_finished")
    assert kinds[-1] == "run_finished"
    assert (await settled(free, id))["run_id"] == queued.json()["run_id"]
    assert (await free.http.get("/conversations")).json() == []
    for action in ("pause", "resume"):
        idle = (await free.http.post(f"/agent/sessions/{id}/{action}")).json()
        assert idle == {"session_id": id, "run_id": None, "run_status": None, "paused": False}
    assert (await free.http.post(f"/agent/sessions/{id}/cancel")).json() == {"session_id": id, "cancelled": []}


@EVERY_DATABASE
async def test_a_session_waits_for_a_decision_and_the_second_one_is_told_who_won(careful: Parley) -> None:
    id = await started(careful)
    waiting = await settled(careful, id)
    assert (waiting["status"], waiting["current_task"]) == ("waiting", SUM)
    [asked] = waiting["pending_approvals"]
    assert await pending(careful) == [asked]
    assert (asked["tool"], asked["arguments"], asked["status"]) == (
        "calculator",
        {"expression": "12.5/100*240"},
        "pending",
    )
    bad = await careful.http.post(f"/approvals/{asked['id']}", json={"decision": "approve", "arguments": {"x": 1}})
    assert bad.status_code == 422
    assert bad.json()["detail"][0]["loc"] == ["body", "arguments"]
    edited = {"decision": "approve", "arguments": {"expression": "1+1"}, "arguments_hash": asked["arguments_hash"]}
    decided = await careful.http.post(f"/approvals/{asked['id']}", json=edited)
    assert (decided.json()["status"], decided.json()["decided_arguments"]) == ("approved", {"expression": "1+1"})
    late = await careful.http.post(f"/approvals/{asked['id']}", json={"decision": "reject"})
    assert (late.status_code, late.json()["code"]) == (409, "approval_closed")
    assert "approved by local" in late.json()["detail"]
    done = await settled(careful, id)
    finished = [event for event in await events_of(careful, done["run_id"]) if event["type"] == "tool_finished"]
    assert [event["content"] for event in finished] == ["2"]
    assert (await careful.http.get(f"/approvals/{asked['id']}")).json()["status"] == "approved"


async def test_cancelling_a_session_that_waits_makes_its_question_void(careful: Parley) -> None:
    id = await started(careful)
    waiting = await settled(careful, id)
    stopped = await careful.http.post(f"/agent/sessions/{id}/cancel")
    assert stopped.json()["cancelled"] == [waiting["run_id"]]
    assert await pending(careful) == []
    assert (await careful.http.get("/approvals")).json()[0]["status"] == "void"
    assert (await session(careful, id))["status"] == "idle"


@pytest.mark.parametrize("id", ["nope", "sess_0", "sess_99", "sess_", "99", "sess_1x", "sess_" + "9" * 20])
async def test_what_is_no_session_is_not_found(free: Parley, id: str) -> None:
    response = await free.http.get(f"/agent/sessions/{id}")
    assert (response.status_code, response.json()["detail"]) == (404, "Session not found or expired")


async def test_tools_that_are_not_there_are_refused_by_name(free: Parley) -> None:
    response = await free.http.post("/agent/sessions", json={"initial_prompt": "x", "tools": ["rm_rf"]})
    assert response.status_code == 422
    assert "there is no 'rm_rf'" in response.json()["detail"][0]["msg"]


# --- workflows ----------------------------------------------------------------------------------------------------

BLOG = {"topic": "rivers", "target_audience": "children", "word_count": 200}


async def test_the_blog_answers_with_its_four_parts_and_its_events_name_each_step(free: Parley) -> None:
    response = await free.http.post("/workflow/blog", json=BLOG)
    assert list(response.json()) == ["research", "outline", "draft", "final"]
    events = await events_of(free, int(response.headers["x-run-id"]))
    steps = [(e["type"], e["name"]) for e in events if e["type"].startswith("step_")]
    names = ["research", "outline", "draft", "polish"]
    assert steps == [(kind, name) for name in names for kind in ("step_started", "step_finished")]


async def test_workflows_are_listed_with_their_schema_and_graph(free: Parley) -> None:
    listed = {workflow["name"]: workflow for workflow in (await free.http.get("/workflows")).json()}
    assert listed.keys() >= {"announcement", "blog", "review"}
    assert listed["blog"]["inputs"]["required"] == ["topic", "target_audience"]
    assert listed["review"]["mermaid"].startswith("flowchart")
    assert (await free.http.get("/workflows/blog")).json() == listed["blog"]
    assert (await free.http.get("/workflows/none")).status_code == 404
    bad = await free.http.post("/workflows/blog/runs", json=BLOG | {"word_count": 5})
    assert (bad.status_code, bad.json()["detail"][0]["loc"]) == (422, ["body", "word_count"])


async def test_a_workflow_waits_for_a_person_between_its_steps(free: Parley) -> None:
    inputs = {"news": "The office moves.", "audience": "the staff"}
    waiting = await free.http.post("/workflow/announcement", json=inputs)
    assert waiting.status_code == 202
    id = waiting.json()["id"]
    look = (await free.http.get(f"/workflows/runs/{id}")).json()
    assert look["run"]["status"] in ("running", "waiting")  # it says that it waits before nobody executes it any more
    assert [step["state"] for step in look["steps"]] == ["completed", "waiting", "pending"]
    [asked] = await pending(free)
    await free.http.post(f"/approvals/{asked['id']}", json={"decision": "approve", "reason": "on Monday"})
    await events_of(free, id)
    look = (await free.http.get(f"/workflows/runs/{id}")).json()
    assert look["run"]["status"] == "completed"
    assert look["steps"][1]["output"] == {"comment": "on Monday"}
    assert look["outputs"].keys() == {"draft", "final"}
    assert "completed" in look["mermaid"]


# --- the same agents on other surfaces ----------------------------------------------------------------------------

RESPONSE = {"model": "demo:parrot", "input": SUM, "tools": [{"type": "parley:tool", "name": "calculator"}]}


async def test_a_response_runs_the_servers_tools_and_says_what_came_of_them(free: Parley) -> None:
    response = (await free.http.post("/v1/responses", json=RESPONSE)).json()
    call, message = response["output"]
    assert (call["type"], call["name"], call["output"], call["server_label"]) == (
        "mcp_call",
        "calculator",
        "30",
        "parley",
    )
    assert "30" in message["content"][0]["text"]
    assert response["tools"] == RESPONSE["tools"]
    again = (await free.http.get(f"/v1/responses/{response['id']}")).json()
    assert again["output"] == response["output"]


async def test_every_reader_of_a_response_with_questions_sees_the_same_events(careful: Parley) -> None:
    waiting = (await careful.http.post("/v1/responses", json=RESPONSE)).json()
    assert waiting["status"] == "in_progress"
    [question] = waiting["output"]
    assert (question["type"], question["name"]) == ("parley:approval_request", "calculator")
    await careful.http.post(f"/approvals/{question['approval_id']}", json={"decision": "approve"})
    streams = [
        [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: {")]
        for stream in [await careful.http.get(f"/v1/responses/{waiting['id']}?stream=true") for _ in range(2)]
    ]
    assert streams[0] == streams[1]
    assert [event["sequence_number"] for event in streams[0]] == list(range(len(streams[0])))
    ended = (await careful.http.get(f"/v1/responses/{waiting['id']}")).json()
    assert [item["type"] for item in ended["output"]] == ["mcp_call", "parley:approval_request", "message"]
    assert streams[0][-1]["response"]["output"] == ended["output"]
    assert ended["output"][0]["output"] == "30"


def chunks(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


async def test_a_page_answers_the_question_and_the_answer_goes_on(careful: Parley) -> None:
    question = {"id": "q1", "role": "user", "parts": [{"type": "text", "text": SUM}]}
    body = {"id": "chat-1", "messages": [question], "server_tools": ["calculator"]}
    first = chunks((await careful.http.post("/ai-sdk/chat", json=body)).text)
    [asked] = [chunk for chunk in first if chunk["type"] == "tool-approval-request"]
    assert (first[-1]["type"], first[-1]["finishReason"]) == ("finish", "tool-calls")
    part = {
        "type": "tool-calculator",
        "toolCallId": asked["toolCallId"],
        "state": "approval-responded",
        "input": {"expression": "12.5/100*240"},
        "approval": {"id": asked["approvalId"], "approved": True},
    }
    answer = {
        "id": first[0]["messageId"], "role": "assistant", "parts": [part], "metadata": first[0]["messageMetadata"]
    }  # fmt: skip
    response = await careful.http.post("/ai-sdk/chat", json=body | {"messages": [question, answer]})
    rest = chunks(response.text)
    assert rest[0]["messageId"] == first[0]["messageId"]
    [output] = [chunk for chunk in rest if chunk["type"] == "tool-output-available"]
    assert output["toolCallId"] == asked["toolCallId"]
    assert "30" in "".join(chunk["delta"] for chunk in rest if chunk["type"] == "text-delta")
    assert (rest[-1]["type"], rest[-1]["finishReason"]) == ("finish", "stop")
    assert not [chunk for chunk in rest if chunk["type"].startswith("tool-input")]


async def test_a_question_of_a_conversation_may_be_answered_with_the_help_of_tools(careful: Parley) -> None:
    asked = await careful.http.post("/runs", json={"message": SUM, "tools": True})
    run = asked.json()
    assert (asked.status_code, run["kind"]) == (202, "agent")
    await until(lambda: pending(careful))
    [approval] = (await careful.http.get("/approvals", params={"run_id": run["id"]})).json()
    assert (approval["tool"], approval["status"]) == ("calculator", "pending")
    await careful.http.post(f"/approvals/{approval['id']}", json={"decision": "approve"})
    assert (await events_of(careful, run["id"]))[-1]["status"] == "completed"
    messages = (await careful.http.get(f"/conversations/{run['conversation_id']}/messages")).json()["messages"]
    assert "tool_result" in [part["type"] for part in messages[-1]["parts"]]
    [approval] = (await careful.http.get("/approvals", params={"run_id": run["id"]})).json()
    assert approval["status"] == "approved"
    plain = (await careful.http.post("/runs", json={"message": "x", "conversation_id": run["conversation_id"]})).json()
    assert plain["kind"] == "reply"
    assert (await careful.http.get("/approvals", params={"run_id": plain["id"]})).json() == []
