"""A model's name says which provider is asked, and by which name."""

import pytest

from application.model_router import ModelRouter
from application.ports.language_model import ModelRequest
from tests.support.scripted_model import ScriptedModel, whole


@pytest.mark.parametrize(
    ("asked_for", "provider", "name"),
    [
        ("openai:gpt", "openai", "gpt"),
        ("demo:parrot", "demo", "parrot"),
        ("gpt", "openai", "gpt"),
        ("", "openai", "default"),
        ("llama3:8b", "openai", "llama3:8b"),
        ("openai:llama3:8b", "openai", "llama3:8b"),
        ("demo:", "demo", ""),
    ],
)
async def test_the_provider_is_the_one_named_or_the_default_ones(asked_for: str, provider: str, name: str) -> None:
    providers = {"openai": ScriptedModel(whole("a")), "demo": ScriptedModel(whole("b"))}
    router = ModelRouter(providers=providers, default_model="openai:default")
    batches = [batch async for batch in router.stream(ModelRequest(model=asked_for, messages=()))]
    assert batches == whole("a" if provider == "openai" else "b")
    assert [request.model for request in providers[provider].requests] == [name]
    assert sum(len(model.requests) for model in providers.values()) == 1


def test_the_default_model_is_listed_first_and_every_model_once() -> None:
    router = ModelRouter(providers={"a": ScriptedModel(), "b": ScriptedModel()}, default_model="a:default")
    assert router.models() == ("a:default", "scripted:model")
