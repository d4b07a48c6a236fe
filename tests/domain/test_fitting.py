"""What of a conversation a model can be shown."""

from domain.catalogue import ModelInfo
from domain.conversation import Image, PromptMessage, ProviderState, Reasoning, Role, Text, ToolCall, ToolResult
from domain.fitting import UNSEEN, Fitting

OWN = ProviderState("a", {"signature": "s"}, "one")
CALL = ToolCall("c", "weather", '{"city": "Bern"}', OWN)
MESSAGES = (
    PromptMessage(Role.USER, (Text("Look"), Image("https://example.org/a.png"))),
    PromptMessage(Role.ASSISTANT, (Reasoning("hm", OWN), Reasoning("nobody wants this back"), Text("I look"), CALL)),
    PromptMessage(Role.TOOL, (ToolResult("c", "dry"),)),
    PromptMessage(Role.ASSISTANT, (Reasoning("", OWN),)),
)


def fitting(provider: str, model: str, *, images: bool | None = None, tools: bool | None = None) -> Fitting:
    return Fitting(provider, model, ModelInfo(name=f"{provider}:{model}", images=images, tools=tools))


def test_to_the_model_that_said_it_everything_goes_back_as_it_was() -> None:
    fit = fitting("a", "one")
    assert all(fitted is message for fitted, message in zip(fit(MESSAGES), MESSAGES, strict=True))
    assert fit.dropped == {}


def test_another_model_gets_nothing_that_was_meant_for_the_first() -> None:
    for provider, model in (("a", "two"), ("b", "one")):
        fit = fitting(provider, model)
        fitted = fit(MESSAGES)
        assert [message.parts for message in fitted] == [
            MESSAGES[0].parts,
            (Reasoning("nobody wants this back"), Text("I look"), ToolCall("c", "weather", '{"city": "Bern"}')),
            MESSAGES[2].parts,
        ]
        assert list(fit.dropped) == ["reasoning", "provider_state"]


def test_what_a_model_cannot_see_or_call_is_told_in_words() -> None:
    fit = fitting("a", "one", images=False, tools=False)
    fitted = fit(MESSAGES)
    assert fitted[0].parts == (Text("Look"), Text(UNSEEN))
    assert "weather" in fitted[1].text
    assert (fitted[2].role, fitted[2].text) == (Role.USER, "[the tool said: dry]")
    assert list(fit.dropped) == ["images", "tools"]
