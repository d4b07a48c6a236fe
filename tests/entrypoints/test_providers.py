"""Providers by configuration: any number, with fallbacks and breakers, and what is known of their models."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from entrypoints.doctor import report
from entrypoints.provider_set import CannotStart, connect_providers
from entrypoints.settings import Settings
from tests.support.app import Parley, parley
from tests.support.provider import Script, ScriptedProvider

BIRD = {
    "type": "json_schema",
    "json_schema": {"name": "bird", "schema": {"type": "object", "required": ["name"]}},
}


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


@asynccontextmanager
async def serving(provider: ScriptedProvider, folder: Path, **settings: Any) -> AsyncIterator[Parley]:
    """With a provider `groq`, whose model `llama` has no schemas, beside OpenAI's."""
    file = folder / "models.toml"
    file.write_text(
        f"""
        [providers.groq]
        kind = "openai"
        base_url = "{provider.url}"
        key = "GROQ_KEY_OF_THE_TESTS"

        [models."groq:llama"]
        context_tokens = 131_072
        json_schema = false
        price = {{ currency = "USD", version = "2026-11", input = 0.59, output = 0.79 }}
        """
    )
    usual = {"openai_base_url": provider.url, "model": "openai:plain", "models_file": file, "provider_attempts": 1}
    async with parley(**(usual | settings)) as app:
        yield app


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_KEY_OF_THE_TESTS", "gsk_0123456789")


async def test_a_provider_of_the_file_is_asked_by_its_name_with_its_key(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    async with serving(provider, tmp_path) as app:
        answer = (await app.http.post("/chat", json={"message": "Hi", "model": "groq:llama"})).json()
        assert (answer["model"], answer["reply"]) == ("groq:llama", "w0 w1 w2 w3 w4")
        assert provider.calls[0].headers["authorization"] == "Bearer gsk_0123456789"
        assert provider.calls[0].body["model"] == "llama"

        listed = {model["id"]: model for model in (await app.http.get("/models")).json()["models"]}
        assert list(listed) == ["openai:plain", "demo:parrot", "groq:llama"]
        assert (listed["openai:plain"]["is_default"], listed["openai:plain"]["price"]) == (True, None)
        llama = listed["groq:llama"]
        assert (llama["context_tokens"], llama["json_schema"], llama["tools"]) == (131_072, False, None)
        assert llama["price"]["rates"] == {"input": "0.59", "cached": None, "cache_write": None, "output": "0.79"}
        assert (await app.http.get("/v1/models/groq:llama")).json()["context_window"] == 131_072


async def test_the_fallback_answers_and_everything_says_so(provider: ScriptedProvider, tmp_path: Path) -> None:
    async with serving(provider, tmp_path, fallback_models="groq:llama") as app:
        provider.queue.append(Script(status=503))
        answer = (await app.http.post("/chat", json={"message": "Hi"})).json()
        assert (answer["model"], answer["status"]) == ("groq:llama", "completed")
        run = (await app.http.get(f"/runs/{answer['run_id']}")).json()
        assert (run["model"], run["answered_by"]) == ("openai:plain", "groq:llama")
        for stream in (False, True):
            provider.queue.append(Script(status=503))
            body = {"model": "plain", "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
            said = (await app.http.post("/v1/chat/completions", json=body)).text
            assert '"model":"groq:llama"' in said
        assert [call.body["model"] for call in provider.calls] == ["plain", "llama"] * 3


async def test_a_provider_that_is_down_is_left_alone_and_ready_says_so(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    async with serving(provider, tmp_path, breaker_faults=2) as app:
        provider.default = Script(status=500)
        body = {"model": "plain", "messages": [{"role": "user", "content": "Hi"}]}
        for surface in ("/v1/chat/completions", "/chat", "/v1/chat/completions"):
            sent = body if surface.startswith("/v1") else {"messages": body["messages"]}
            assert (await app.http.post(surface, json=sent)).status_code == 502
        assert len(provider.calls) == 2
        refused = await app.http.post("/chat", json={"message": "Hi"})
        assert (refused.status_code, "many times in a row" in refused.json()["detail"]) == (502, True)
        ready = await app.http.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready", "providers": {"openai": "open"}})


async def test_a_model_without_schemas_is_told_of_the_shape_and_never_gives_another(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    async with serving(provider, tmp_path) as app:
        body = {"model": "groq:llama", "messages": [{"role": "user", "content": "Hi"}], "response_format": BIRD}
        provider.queue.extend([Script(text="Polly!"), Script(text='```json\n{"name": "Polly"}\n```')])
        whole = (await app.http.post("/v1/chat/completions", json=body)).json()
        assert json.loads(whole["choices"][0]["message"]["content"]) == {"name": "Polly"}
        assert "response_format" not in provider.calls[0].body
        assert '"required": ["name"]' in provider.calls[0].body["messages"][0]["content"]

        provider.default = Script(text="Polly!")
        refused = await app.http.post("/v1/chat/completions", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (502, "answer_does_not_fit")
        streamed = (await app.http.post("/v1/chat/completions", json={**body, "stream": True})).text
        assert "answer_does_not_fit" in streamed
        assert "[DONE]" not in streamed

        format = {"type": "json_schema", **BIRD["json_schema"]}  # type: ignore[dict-item]
        provider.queue.extend([Script(text="Polly!"), Script(text='{"name": "Polly"}')])
        stored = {"model": "groq:llama", "input": "Hi", "text": {"format": format}}
        response = (await app.http.post("/v1/responses", json=stored)).json()
        assert json.loads(response["output"][0]["content"][0]["text"]) == {"name": "Polly"}
        failed = (await app.http.post("/v1/responses", json=stored)).json()
        assert failed["error"]["code"] == "answer_does_not_fit"


async def test_the_doctor_names_who_can_be_asked(provider: ScriptedProvider, tmp_path: Path) -> None:
    async with serving(provider, tmp_path, fallback_models="groq:llama,demo:parrot") as app:
        text, _ = await report(app.container)
    lines = [line for line in text.splitlines() if line.startswith(("provider", "fallbacks"))]
    assert lines == [
        "provider    openai: plain and any other name that it takes",
        "provider    demo: parrot and any other name that it takes",
        "provider    groq: llama and any other name that it takes",
        "provider    anthropic: not there, ANTHROPIC_API_KEY is not set",
        "fallbacks   groq:llama, demo:parrot; a pause of 30 s and more after 5 faults in a row",
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": "grok:4"}, "PARLEY_MODEL: grok:4: there is no provider 'grok'; there are demo"),
        ({"fallback_models": "openai:a"}, "PARLEY_FALLBACK_MODELS: openai:a needs a key in OPENAI_API_KEY"),
        ({"models_file": "nowhere.toml"}, "PARLEY_MODELS_FILE: nowhere.toml: cannot be read"),
        ({"openai_base_url": "ftp://a"}, "provider openai: the base URL of a provider must be http"),
    ],
)
def test_what_cannot_work_is_said_before_anything_starts(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotStart) as refusal:
        connect_providers(Settings(**settings), lambda: pytest.fail("nobody asks for the time"), [])
    assert str(refusal.value).startswith(said)


def test_the_default_is_the_first_vendor_that_there_is_a_key_for() -> None:
    assert Settings(anthropic_api_key="a").default_model == "anthropic:claude-haiku-5-5"  # type: ignore[arg-type]
    assert Settings(anthropic_api_key="a", openai_api_key="b").default_model == "openai:gpt-4o-mini"  # type: ignore[arg-type]
    assert Settings().default_model == "demo:parrot"
