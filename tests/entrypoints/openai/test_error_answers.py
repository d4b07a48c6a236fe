"""Every way of saying no under /v1: OpenAI's shape, with type, code and field, and a request id in the header."""

from typing import Any

from tests.support.app import Parley, parley
from tests.support.provider import Script, ScriptedProvider

HI = [{"role": "user", "content": "hi"}]
RESPOND = ("POST", "/v1/responses")
COMPLETE = ("POST", "/v1/chat/completions")


def respond(**more: Any) -> tuple[str, str, dict[str, Any]]:
    return (*RESPOND, {"model": "plain", "input": "a", **more})


CASES: list[tuple[tuple[Any, ...], tuple[int, str, str, str | None]]] = [
    ((*COMPLETE, {"model": "plain"}), (400, "invalid_request_error", "missing_required_parameter", "messages")),
    ((*COMPLETE, {"model": "plain", "messages": HI, "temperature": 9}),
     (400, "invalid_request_error", "invalid_value", "temperature")),
    ((*COMPLETE, {"model": "plain", "messages": HI, "seed": "1"}),
     (400, "invalid_request_error", "invalid_type", "seed")),
    ((*COMPLETE, {"model": "s429", "messages": HI}), (429, "rate_limit_error", "rate_limit_exceeded", None)),
    ((*COMPLETE, {"model": "s500", "messages": HI}), (502, "server_error", "provider_unavailable", None)),
    (respond(model="s429", store=False), (429, "rate_limit_error", "rate_limit_exceeded", None)),
    (respond(model="s429"), (429, "rate_limit_error", "rate_limit_exceeded", None)),
    (respond(model="s500"), (502, "server_error", "provider_unavailable", None)),
    (respond(model="s400"), (400, "invalid_request_error", "provider_rejected_request", None)),
    (respond(previous_response_id="resp_9"),
     (400, "invalid_request_error", "previous_response_not_found", "previous_response_id")),
    (respond(previous_response_id="nonsense", store=False),
     (400, "invalid_request_error", "previous_response_not_found", "previous_response_id")),
    (respond(conversation="conv_9"), (404, "invalid_request_error", "conversation_not_found", "conversation")),
    (respond(conversation={"id": "nonsense"}, store=False),
     (404, "invalid_request_error", "conversation_not_found", "conversation")),
    (respond(input=[{"type": "item_reference", "id": "msg_9"}]),
     (404, "invalid_request_error", "item_not_found", "input[0].id")),
    (respond(input=[{"type": "function_call_output", "call_id": "c", "output": ""}], store=False),
     (400, "invalid_request_error", "invalid_value", "input")),
    (("GET", "/v1/responses/resp_9"), (404, "invalid_request_error", "response_not_found", None)),
    (("DELETE", "/v1/responses/nonsense"), (404, "invalid_request_error", "response_not_found", None)),
    (("POST", "/v1/responses/resp_9/cancel"), (404, "invalid_request_error", "response_not_found", None)),
    (("GET", "/v1/responses/resp_9/input_items"), (404, "invalid_request_error", "response_not_found", None)),
    (("GET", "/v1/conversations/conv_9"), (404, "invalid_request_error", "conversation_not_found", None)),
    (("GET", "/v1/conversations/conv_9/items/msg_1"), (404, "invalid_request_error", "conversation_not_found", None)),
    (("POST", "/v1/responses/compact", {"model": "plain", "input": "a", "previous_response_id": "resp_9"}),
     (400, "invalid_request_error", "previous_response_not_found", "previous_response_id")),
    (("POST", "/v1/responses/compact", {"input": "a"}),
     (400, "invalid_request_error", "missing_required_parameter", "model")),
    (("POST", "/v1/embeddings", {"model": "plain", "input": [1, 2]}),
     (400, "invalid_request_error", "invalid_value", "input")),
    (("GET", "/v1/models/demo:nobody"), (404, "invalid_request_error", "model_not_found", "model")),
    (("GET", "/v1/nowhere"), (404, "invalid_request_error", "not_found", None)),
    (("PATCH", "/v1/responses"), (405, "invalid_request_error", "method_not_allowed", None)),
]  # fmt: skip


async def test_an_error_says_of_what_kind_it_is_and_where(app: Parley) -> None:
    heard = []
    for (method, path, *body), _ in CASES:
        answer = await app.http.request(method, path, json=body[0] if body else None)
        error = answer.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["message"]
        assert answer.headers["x-request-id"]
        heard.append((answer.status_code, error["type"], error["code"], error["param"]))
    assert heard == [told for _, told in CASES]


async def test_who_is_told_to_come_back_is_told_when(app: Parley, provider: ScriptedProvider) -> None:
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("/v1/chat/completions", {"model": "plain", "messages": HI}),
        ("/v1/responses", {"model": "plain", "input": "a", "store": False}),
        ("/v1/responses/compact", {"model": "plain", "input": "a"}),
        ("/v1/embeddings", {"model": "plain", "input": "a"}),
    ]
    for path, body in wishes:
        provider.queue.append(Script(status=429, headers={"Retry-After": "30"}))
        answer = await app.http.post(path, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    app.container.worker().draining = True
    stopping = await app.http.post("/v1/responses", json={"model": "plain", "input": "a"})
    assert (stopping.status_code, stopping.headers["retry-after"]) == (503, "5")
    assert stopping.json()["error"]["code"] == "server_stopping"


async def test_a_question_that_is_kept_is_not_to_be_sent_again(app: Parley) -> None:
    answer = await app.http.post("/v1/responses", json={"model": "s429", "input": "a"})
    assert answer.headers["x-should-retry"] == "false"


async def test_a_server_that_is_full_says_so() -> None:
    async with parley(max_runs=0, max_queued=1) as app:
        wish = {"model": "demo:parrot", "input": "a", "background": True}
        assert (await app.http.post("/v1/responses", json=wish)).status_code == 200
        full = await app.http.post("/v1/responses", json=wish)
    assert (full.status_code, full.headers["retry-after"]) == (503, "1")
    assert (full.json()["error"]["type"], full.json()["error"]["code"]) == ("server_error", "too_busy")
