"""Other models are asked when one does not answer, before its first words and for retryable faults alone."""

from dataclasses import replace

import pytest

from application.chat.answer_statelessly import AnswerStatelessly, OpenedAnswer
from application.chat.complete_chat import CompleteChat
from application.chat.stream_chat import OpenedRelay, StreamChat
from application.chat.whole_answer import WholeAnswer
from application.chat_router import ChatCall, ChatRouter
from application.fallback_model import FallbackModel
from application.model_router import ModelRouter
from application.ports.language_model import ModelRequest
from application.usage.metered_relay import MeteredRelay
from domain.catalogue import Catalogue, ModelInfo
from domain.errors import (
    InvalidInput,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderTimedOut,
    ProviderUnavailable,
)
from tests.support.listening import hear, question
from tests.support.metering import Counted
from tests.support.scripted_model import ScriptedModel, Step, whole, words
from tests.support.scripted_relay import ScriptedRelay

DOWN = ProviderUnavailable("a", "status 503")


class World:
    def __init__(self, *fallbacks: str, **scripts: list[Step]) -> None:
        self.providers = {name: ScriptedModel(script) for name, script in scripts.items()}
        router = ModelRouter(providers=self.providers, default_model="a:one")
        self.model = FallbackModel(model=router, fallbacks=fallbacks)

    @property
    def asked(self) -> list[str]:
        return [f"{name}:{request.model}" for name, model in self.providers.items() for request in model.requests]


@pytest.mark.parametrize("fault", [DOWN, ProviderTimedOut("a"), ProviderOverloaded("a", retry_after_seconds=60)])
async def test_the_next_answers_and_the_answer_says_who_did(fault: ProviderFailure) -> None:
    world = World("b:two", "c:three", a=[fault], b=[fault], c=whole("Hello"))
    heard = await hear(world.model, question("Hi", "one"))
    assert (heard.text, world.asked) == ("Hello", ["a:one", "b:two", "c:three"])
    assert heard.finished
    assert heard.finished.answered_by == "c:three"


@pytest.mark.parametrize("fault", [ProviderRejectedRequest("a", "too long"), ProviderCredentialsRefused("a")])
async def test_what_would_be_wrong_everywhere_or_is_ours_to_mend_asks_nobody_else(fault: ProviderFailure) -> None:
    world = World("b:two", a=[fault], b=whole("Hello"))
    assert (await hear(world.model, question("Hi", "one"))).failure is fault
    assert world.asked == ["a:one"]


async def test_after_the_first_words_nobody_else_goes_on_with_them() -> None:
    world = World("b:two", a=[*words("He"), DOWN], b=whole("Hello"))
    heard = await hear(world.model, question("Hi", "one"))
    assert (heard.text, heard.failure) == ("He", DOWN)


async def test_when_all_fail_it_is_the_failure_of_the_one_that_was_asked() -> None:
    world = World("b:two", "a:one", a=[DOWN], b=[ProviderCredentialsRefused("b")])
    assert (await hear(world.model, question("Hi", "a:one"))).failure is DOWN
    assert world.asked == ["a:one", "b:two"]


async def test_without_fallbacks_nothing_is_between() -> None:
    world = World(a=[DOWN])
    assert (await hear(world.model, question("Hi", "one"))).failure is DOWN
    assert world.model.models() == ("a:one", "scripted:model")


def chatting(relay: ScriptedRelay, world: World, *, json_schema: bool | None = None) -> tuple[CompleteChat, StreamChat]:
    catalogue = Catalogue({}, {"a:one": ModelInfo(name="a:one", json_schema=json_schema)})
    metered = MeteredRelay("a", relay, Counted().meter)
    router = ChatRouter(
        relays={"a": metered},
        providers=world.providers,
        default_model="a:one",
        catalogue=catalogue,
        fallbacks=("b:two",),
    )
    answer = AnswerStatelessly(model=world.model)
    return CompleteChat(router=router, model=world.model), StreamChat(router=router, answer=answer)


def call(**body: object) -> ChatCall:
    return ChatCall(model="one", body=body, neutral=lambda: question("Hi", "one"))


async def test_a_call_that_a_relay_cannot_pass_on_goes_to_the_fallback_in_neutral_words() -> None:
    world, relay = World("b:two", a=[], b=whole("Hello")), ScriptedRelay([DOWN, DOWN, b"{}"])
    complete, stream = chatting(relay, world)
    answer = await complete(call())
    assert isinstance(answer, WholeAnswer)
    assert (answer.text, answer.finished.answered_by) == ("Hello", "b:two")
    opened = await stream(call())
    assert isinstance(opened, OpenedAnswer)
    await opened.aclose()
    passed = await stream(call())
    assert isinstance(passed, OpenedRelay)
    assert relay.calls == ["one"] * 3


async def test_a_call_that_only_a_relay_can_pass_on_fails_as_the_relay_does() -> None:
    def neutral() -> ModelRequest:
        raise InvalidInput("n", "cannot be given")

    only = replace(call(), neutral=neutral)
    complete, _ = chatting(ScriptedRelay([DOWN, ProviderRejectedRequest("a")]), World("b:two", a=[], b=whole("Hello")))
    with pytest.raises(ProviderUnavailable):
        await complete(only)
    with pytest.raises(ProviderRejectedRequest):
        await complete(call())


async def test_a_relay_is_not_asked_for_what_its_model_is_known_not_to_have() -> None:
    world, relay = World(a=whole("Hello"), b=[]), ScriptedRelay([b"{}"])
    complete, _ = chatting(relay, world, json_schema=False)
    assert isinstance(await complete(call(response_format={"type": "json_object"})), WholeAnswer)
    assert await complete(call()) == b"{}"
