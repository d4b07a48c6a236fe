"""From one provider's model to another's and back, with tools, reasoning and pictures: nothing breaks, and nothing is
left out in silence."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import Parley, parley
from tests.support.provider import Script, ScriptedProvider
from tests.support.provider.anthropic_answers import signature_of

PLAIN, THINKING, CLAUDE, DEMO = "openai:plain", "deep:think", "anthropic:claude", "demo:parrot"
MODELS = (PLAIN, THINKING, CLAUDE, DEMO)
STATEFUL = {THINKING, CLAUDE}
"""What they reason they want to see again."""
PICTURE = {"type": "input_image", "image_url": "data:image/png;base64,AA=="}
WEATHER = {"type": "function", "name": "weather", "parameters": {"type": "object"}}
CALL = Script(
    reasoning=2,
    redacted=True,
    words=1,
    calls=({"name": "weather", "arguments": {"city": "Bern"}},),
    finish="tool_calls",
)
ANSWER = Script(reasoning=3, words=2)
ASKED = 'Please call weather with {"city": "Bern"}.'


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
async def app(provider: ScriptedProvider, tmp_path: Path) -> AsyncIterator[Parley]:
    file = tmp_path / "models.toml"
    file.write_text(
        f'[providers.deep]\nkind = "openai"\nbase_url = "{provider.url}"\nreasoning_back = "reasoning_content"\n'
    )
    async with parley(
        openai_base_url=provider.url,
        anthropic_base_url=provider.anthropic_url,
        anthropic_api_key="sk-ant-test",
        models_file=file,
        model=PLAIN,
    ) as app:
        yield app


class Talk:
    """A conversation whose turns may each be another model's."""

    def __init__(self, app: Parley, provider: ScriptedProvider) -> None:
        self.app, self.provider, self.last = app, provider, None

    async def turn(self, model: str, script: Script, *items: Any) -> dict[str, Any]:
        """The response; it is completed, whoever answered before."""
        if model != DEMO:
            self.provider.queue.append(script)
        body = {"model": model, "input": list(items), "tools": [WEATHER], "previous_response_id": self.last}
        answer = await self.app.http.post("/v1/responses", json=body)
        assert answer.status_code == 200, answer.text
        response: dict[str, Any] = answer.json()
        assert response["status"] == "completed", response
        assert not self.provider.queue, "a second call was needed"
        self.last = response["id"]
        return response

    async def round(self, model: str) -> dict[str, Any]:
        """A question with a picture, a call of a tool, its result, and the answer, which is given."""
        question = {"role": "user", "content": [PICTURE, {"type": "input_text", "text": ASKED}]}
        asked = await self.turn(model, CALL, question)
        [call] = [item for item in asked["output"] if item["type"] == "function_call"]
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "dry"}
        return await self.turn(model, ANSWER, result)

    @property
    def shown(self) -> str:
        """All that the last call of a scripted provider was shown, as it went over the wire."""
        return str(self.provider.calls[-1].body["messages"])


def marks_of(model: str) -> list[str]:
    """What only this model's own reasoning leaves in a request."""
    if model == CLAUDE:
        return [
            signature_of("claude", "r0 r1 "),
            signature_of("claude", "redacted"),
            signature_of("claude", "r0 r1 r2 "),
        ]
    return ["'reasoning_content': 'r0 r1 '", "'reasoning_content': 'r0 r1 r2 '"] if model == THINKING else []


@pytest.mark.parametrize("second", MODELS)
@pytest.mark.parametrize("first", MODELS)
async def test_there_and_back_again(app: Parley, provider: ScriptedProvider, first: str, second: str) -> None:
    talk = Talk(app, provider)
    assert "reasoning" not in dropped_in(await talk.round(first))
    there = await talk.round(second)
    if second != DEMO:
        assert all((mark in talk.shown) is (first == second) for mark in marks_of(first))
        assert "weather" in talk.shown
    assert ("reasoning" in dropped_in(there)) is (first != second and first in STATEFUL)
    assert ("images" in dropped_in(there)) is (second == DEMO)

    back = await talk.round(first)
    if first != DEMO:
        assert all(mark in talk.shown for mark in marks_of(first))
        assert all(mark not in talk.shown for mark in set(marks_of(second)) - set(marks_of(first)))
    assert ("reasoning" in dropped_in(back)) is (first != second and second in STATEFUL)


def dropped_in(response: dict[str, Any]) -> list[str]:
    dropped: list[str] = response.get("compat", {}).get("dropped", [])
    return dropped


async def test_every_surface_says_what_a_switch_left_out(app: Parley, provider: ScriptedProvider) -> None:
    provider.default = ANSWER
    first = (await app.http.post("/chat", json={"message": "Hi", "model": CLAUDE})).json()
    assert (first["model"], "compat" in first) == (CLAUDE, False)
    id = first["conversation_id"]
    second = (await app.http.post("/chat", json={"message": "And?", "conversation_id": id, "model": PLAIN})).json()
    assert second["compat"] == {"dropped": ["reasoning"]}
    run = (await app.http.get(f"/runs/{second['run_id']}")).json()
    assert (run["answered_by"], run["dropped"]) == (PLAIN, ["reasoning"])
    streamed = await app.http.post("/chat/stream", json={"message": "And?", "conversation_id": id, "model": PLAIN})
    assert '"compat":{"dropped":["reasoning"]}' in streamed.text.splitlines()[-1]
    events = await app.http.get(f"/runs/{second['run_id']}/events")
    assert '"dropped":["reasoning"]' in events.text.splitlines()[-1]
    stored = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
    assert signature_of("claude", "r0 r1 r2 ") not in str(stored)


async def test_a_chat_completion_says_which_wish_was_not_heard(app: Parley, provider: ScriptedProvider) -> None:
    provider.default = Script(rejects=("temperature",))
    body = {"model": CLAUDE, "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.5}
    whole = (await app.http.post("/v1/chat/completions", json=body)).json()
    assert (whole["compat"], whole["model"]) == ({"dropped": ["temperature"]}, CLAUDE)
    streamed = await app.http.post("/v1/chat/completions", json={**body, "stream": True})
    assert '"compat":{"dropped":["temperature"]}' in streamed.text
