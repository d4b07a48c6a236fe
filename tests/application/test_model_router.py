"""A model's name says which provider is asked, and by which name."""

from dataclasses import replace

import pytest

from application.model_router import ModelRouter
from application.ports.language_model import ModelFinished, ModelRequest
from domain.catalogue import Catalogue, ModelInfo
from domain.conversation import PromptMessage, ProviderState, Reasoning, Role, Text
from domain.errors import ProviderRejectedRequest
from domain.tool import ANY_OBJECT, ToolSpec
from tests.support.scripted_model import FINISHED, ScriptedModel, whole


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
    said, [proof] = batches
    assert [said] == whole("a" if provider == "openai" else "b")[:1]
    assert proof == replace(FINISHED, answered_by=f"{provider}:{name}")
    assert [request.model for request in providers[provider].requests] == [name]
    assert sum(len(model.requests) for model in providers.values()) == 1


def test_the_default_model_is_listed_first_and_every_model_once() -> None:
    router = ModelRouter(providers={"a": ScriptedModel(), "b": ScriptedModel()}, default_model="a:default")
    assert router.models() == ("a:default", "scripted:model")


PLAIN = ModelInfo(name="a:plain", max_output_tokens=100, tools=False, images=False, reasoning=False, json_schema=False)


async def test_a_model_is_asked_for_what_it_has_and_the_answer_says_what_was_left_out() -> None:
    model = ScriptedModel([[replace(FINISHED, dropped=("temperature", "reasoning"))]])
    router = ModelRouter(providers={"a": model}, default_model="a:plain", catalogue=Catalogue({}, {"a:plain": PLAIN}))
    thought = Reasoning("hm", ProviderState("b", {"signature": "s"}, "other"))
    asked = ModelRequest(
        model="plain",
        messages=(PromptMessage(Role.USER, (Text("Hi"),)), PromptMessage(Role.ASSISTANT, (thought, Text("Yes?")))),
        max_tokens=500,
        json_schema=ANY_OBJECT,
        extra={"reasoning_effort": "high", "user": "ann"},
    )
    [[proof]] = [batch async for batch in router.stream(asked)]
    assert isinstance(proof, ModelFinished)
    assert (proof.answered_by, proof.dropped) == ("a:plain", ("reasoning", "temperature"))
    [request] = model.requests
    assert [message.role for message in request.messages] == [Role.SYSTEM, Role.USER, Role.ASSISTANT]
    assert request.messages[2].parts == (Text("Yes?"),)
    assert (request.max_tokens, request.json_schema, request.extra) == (100, None, {"user": "ann"})


async def test_a_model_without_tools_refuses_them_as_its_provider_would() -> None:
    router = ModelRouter(
        providers={"a": ScriptedModel()}, default_model="a:plain", catalogue=Catalogue({}, {"a:plain": PLAIN})
    )
    with pytest.raises(ProviderRejectedRequest, match="cannot call tools"):
        await anext(router.stream(ModelRequest(model="", messages=(), tools=(ToolSpec("weather"),))))
