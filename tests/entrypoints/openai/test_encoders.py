"""Neutral answers and problems in OpenAI's shapes, without a server."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from application.chat.whole_answer import WholeAnswer
from application.ports.language_model import ModelEvent, ModelFinished
from domain import errors
from domain.conversation import ToolCall
from domain.errors import InvalidInput, Refusal
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta
from domain.usage import Usage
from entrypoints.http.problems import STATUS, refusal_body
from entrypoints.openai.encoders.chunks import DONE, Heading, chunks, encoded
from entrypoints.openai.encoders.completion import completion
from entrypoints.openai.errors import error_response
from entrypoints.openai.fields import refuse_operators

HEADING = Heading("chatcmpl-1", 1_700_000_000, "demo:parrot", include_usage=False)


def documents(raw: bytes) -> list[Any]:
    events = raw.decode().split("\n\n")
    assert events.pop() == ""
    data = [event.removeprefix("data: ") for event in events]
    return [each if each == "[DONE]" else json.loads(each) for each in data]


async def batches(*given: list[ModelEvent] | Refusal) -> AsyncIterator[list[ModelEvent]]:
    for batch in given:
        if isinstance(batch, Refusal):
            raise batch
        yield batch


async def pieces(*given: list[ModelEvent] | Refusal) -> list[bytes]:
    return [piece async for piece in chunks(batches(*given), HEADING, "req_1")]


async def test_what_arrived_together_is_sent_together() -> None:
    sent = await pieces([TextDelta("a"), TextDelta("b")], [TextDelta("c"), ModelFinished("stop", "m")])
    assert len(sent) == 2
    deltas = [document["choices"][0]["delta"] for document in documents(b"".join(sent))[:-1]]
    assert deltas == [{"role": "assistant", "content": ""}, {"content": "a"}, {"content": "b"}, {"content": "c"}, {}]
    assert sent[-1].endswith(DONE)


async def test_a_failure_ends_the_stream_as_an_error_and_without_done() -> None:
    *_, last = documents(b"".join(await pieces([TextDelta("a")], errors.ProviderUnavailable("x", "gone"))))
    assert last["error"]["code"] == "provider_unavailable"
    (only,) = documents(b"".join(await pieces(errors.ProviderTimedOut("x"))))
    assert only["error"]["type"] == "server_error"


@pytest.mark.parametrize("text", ["a\n\ndata: [DONE]\n\n", "a\r\nb", "\u2028", '"', "é🦜", "\x00"])
def test_no_text_breaks_out_of_its_event(text: str) -> None:
    (document,) = documents(encoded([TextDelta(text)], HEADING))
    assert document["choices"][0]["delta"] == {"content": text}


def test_pieces_of_calls_and_reasoning_have_their_places() -> None:
    events: list[ModelEvent] = [
        ReasoningDelta("Hm."),
        ToolCallDelta(0, "a", "time"),
        ToolCallDelta(0, arguments="{}"),
        ModelFinished("tool_calls", "m"),
    ]
    *said, last, done = documents(encoded(events, HEADING))
    function = {"name": "time", "arguments": ""}
    assert [document["choices"][0]["delta"] for document in said] == [
        {"reasoning_content": "Hm."},
        {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": function}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
    ]
    assert (last["choices"][0]["finish_reason"], done) == ("tool_calls", "[DONE]")


@pytest.mark.parametrize(("reason", "said"), [("end_turn", "stop"), ("length", "length"), ("odd", "stop")])
def test_a_finish_reason_is_a_word_that_clients_know(reason: str, said: str) -> None:
    (document, _) = documents(encoded([ModelFinished(reason, "m")], HEADING))
    assert document["choices"][0]["finish_reason"] == said


def test_a_whole_answer_says_what_a_stream_says() -> None:
    finished = ModelFinished("tool_calls", "m", Usage(3, 5))
    answer = json.loads(completion(WholeAnswer("", "Hm.", finished, (ToolCall("a", "time", "{}"),)), HEADING))
    message = answer["choices"][0]["message"]
    assert (message["content"], message["refusal"], message["reasoning_content"]) == (None, None, "Hm.")
    assert message["tool_calls"][0]["function"] == {"name": "time", "arguments": "{}"}
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}

    refused = json.loads(completion(WholeAnswer("No.", "", ModelFinished("stop", "m", None, refused=True)), HEADING))
    assert refused["usage"] is None
    assert (refused["choices"][0]["message"]["content"], refused["choices"][0]["message"]["refusal"]) == (None, "No.")


def told(refusal: Refusal) -> tuple[int, dict[str, Any], dict[str, str]]:
    response = error_response(refusal_body(refusal, "req_1"), {})
    return response.status_code, json.loads(bytes(response.body))["error"], dict(response.headers)


def test_a_busy_conversation_is_no_reason_to_try_again() -> None:
    status, error, headers = told(errors.ReplyInProgress(5))
    assert (status, error["code"], headers["x-should-retry"]) == (400, "conversation_locked", "false")


def test_bad_input_is_400_and_everything_else_keeps_its_status() -> None:
    assert told(InvalidInput("messages[0].content", "must not be empty"))[:2] == (
        400,
        {
            "message": "messages[0].content: must not be empty",
            "type": "invalid_request_error",
            "param": "messages[0].content",
            "code": "invalid_value",
        },
    )
    assert told(errors.TooBusy("Later"))[0] == STATUS[errors.TooBusy]
    assert told(errors.ProviderOverloaded("x"))[1]["type"] == "rate_limit_error"
    assert told(errors.StorageUnavailable())[1]["type"] == "server_error"


def test_what_only_the_provider_understands_is_harmless() -> None:
    refuse_operators(
        ["top_k", "min_tokens", "stop_token_ids", "prompt_cache_key", "guided_json", "chat_template_kwargs", "provider",
         "reasoning_effort", "web_search_options", "safety_identifier", "repetition_penalty", "thinking", ""]
    )  # fmt: skip
