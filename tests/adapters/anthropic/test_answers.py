"""What a streamed message says, however the network cut it."""

import msgspec
import pytest

from adapters.anthropic.language_model import AnthropicLanguageModel
from adapters.anthropic.reader import DECLINED
from domain.conversation import ProviderState, Reasoning, Text, ToolCall
from domain.errors import ProviderAnswerInvalid, ProviderFailure, ProviderUnavailable
from domain.run import ReasoningDelta, TextDelta, answer_of
from tests.support.listening import Heard, hear, question
from tests.support.provider import Script, ScriptedProvider
from tests.support.provider.anthropic_answers import signature_of

CALL = {"name": "weather", "arguments": {"city": "Bern"}}
EVERYTHING = Script(words=4, reasoning=2, redacted=True, calls=(CALL, {"name": "time", "arguments": {}}), cached=30)


async def ask(model: AnthropicLanguageModel, provider: ScriptedProvider, script: Script) -> Heard:
    provider.default = script
    return await hear(model, question("How is it in Bern", "claude"))


@pytest.mark.parametrize("split", [0, 1, 7])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_thoughts_words_and_calls_are_heard_in_their_order(
    model: AnthropicLanguageModel, provider: ScriptedProvider, split: int, newline: str
) -> None:
    script = msgspec.structs.replace(EVERYTHING, split=split, newline=newline, finish="tool_calls")
    heard = await ask(model, provider, script)
    assert heard.failure is None
    said = answer_of(event for event in heard.events if not hasattr(event, "reason"))
    assert said == (
        Reasoning("r0 r1 ", state(type="thinking", signature=signature_of("claude", "r0 r1 "))),
        Reasoning("", state(type="redacted_thinking", data=signature_of("claude", "redacted"))),
        Text("w0 w1 w2 w3"),
        ToolCall("call_0", "weather", '{"city": "Bern"}'),
        ToolCall("call_1", "time", "{}"),
    )
    assert heard.finished
    assert (heard.finished.reason, heard.finished.model) == ("tool_calls", "claude")
    usage = heard.finished.usage
    assert usage
    assert (usage.input_tokens, usage.output_tokens) == (35, 6)
    assert usage.raw["cache_read_input_tokens"] == 30


def state(**data: str) -> ProviderState:
    return ProviderState("anthropic", dict(data), "claude")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("stop", "stop"),
        ("stop_sequence", "stop"),
        ("length", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "pause_turn"),
    ],
)
async def test_stop_reasons_are_told_in_neutral_words(
    model: AnthropicLanguageModel, provider: ScriptedProvider, said: str, reason: str
) -> None:
    heard = await ask(model, provider, Script(finish=said))
    assert heard.finished
    assert (heard.finished.reason, heard.finished.refused) == (reason, False)


async def test_a_refusal_says_why_and_one_amid_the_words_is_an_answer_cut_short(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    refusal = await ask(model, provider, Script(words=0, refusal="It is against the policy."))
    assert (refusal.text, refusal.finished and refusal.finished.refused) == ("It is against the policy.", True)
    provider.default = Script(words=0, finish="refusal")
    assert (await hear(model, question("Hello"))).text == DECLINED
    cut = await ask(model, provider, Script(text="Take two spoons of", finish="refusal"))
    assert cut.finished
    assert (cut.text, cut.finished.reason, cut.finished.refused) == ("Take two spoons of", "content_filter", False)


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ("truncate", None),
        ("cut_mid", ProviderUnavailable),
        ("reset_mid", ProviderUnavailable),
        ("error_in_stream,code=overloaded_error", ProviderUnavailable),
        ("garbage_mid", ProviderAnswerInvalid),
        ("partial_mid", ProviderAnswerInvalid),
        ("html200", ProviderAnswerInvalid),
        ("garbage", ProviderAnswerInvalid),
        ("done_without_finish", None),
    ],
)
async def test_a_stream_that_breaks_is_never_whole(
    model: AnthropicLanguageModel, script: str, failure: type[ProviderFailure] | None
) -> None:
    heard = await hear(model, question("Hello", script))
    assert heard.finished is None
    assert type(heard.failure) is (failure or type(None))


@pytest.mark.parametrize("script", ["no_done", "cut_last", "reset_last", "error_last", "garbage_last", "double_done"])
async def test_with_its_stop_reason_an_answer_is_whole_whatever_comes_after(
    model: AnthropicLanguageModel, script: str
) -> None:
    heard = await hear(model, question("Hello", script))
    assert heard.failure is None
    assert heard.finished
    assert heard.text == "w0 w1 w2 w3 w4"


async def test_what_it_does_not_know_is_passed_over(model: AnthropicLanguageModel, provider: ScriptedProvider) -> None:
    events = [
        '{"type":"message_start","message":{"model":null,"usage":null,"new":[1]}}',
        '{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"x","input":{}}}',
        '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}',
        '{"type":"content_block_stop","index":0}',
        '{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"He"}}',
        '{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{}}}',
        '{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"llo"}}',
        '{"type":"content_block_stop","index":7}',
        '{"type":"news"}',
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}',
        '{"type":"message_stop"}',
    ]
    heard = await ask(model, provider, Script(raw="".join(f"event: x\ndata: {event}\n\n" for event in events)))
    assert heard.failure is None
    assert [event for event in heard.events if isinstance(event, (TextDelta, ReasoningDelta))] == [TextDelta("Hello")]
    assert heard.finished
    assert heard.finished.usage
    assert (heard.finished.usage.input_tokens, heard.finished.usage.output_tokens) == (0, 3)


async def test_arguments_that_come_with_the_call_are_not_lost(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    """Servers that speak Anthropic's words and are others may give them at once."""
    block = '{"type":"tool_use","id":"a","name":"weather","input":{"city":"Bern"}}'
    raw = (
        f'data: {{"type":"content_block_start","index":0,"content_block":{block}}}\n\n'
        'data: {"type":"content_block_stop","index":0}\n\n'
        'data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}\n\n'
    )
    heard = await ask(model, provider, Script(raw=raw))
    assert heard.calls == (ToolCall("a", "weather", '{"city":"Bern"}'),)
    assert heard.finished
    assert heard.finished.usage is None
