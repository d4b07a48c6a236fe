"""A page of the AI SDK: it asks, edits, regenerates, resumes, stops and reloads, and holds what is stored."""

import asyncio
import json
from typing import Any

from tests.support.app import Parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.page import Page, text_of
from tests.support.provider import Script, ScriptedProvider
from tests.support.ui_stream import chunks_of, message_of

ECHO = Script(echo=True)
FOR_EVER = Script(words=10_000, delay=0.005)


def same(page: Page, stored: list[dict[str, Any]]) -> bool:
    """The page holds what is stored, but for the names that it chose for its questions."""
    mine = [message for message in page.messages if message["parts"]]
    named = [{**m, "id": s["id"], "metadata": s["metadata"]} if m["role"] == "user" else m
             for m, s in zip(mine, stored, strict=False)]  # fmt: skip
    return len(mine) == len(stored) and named == stored


async def shown(provider: ScriptedProvider) -> list[str]:
    return [message["content"] for message in provider.calls[-1].body["messages"]]


@EVERY_DATABASE
async def test_a_page_asks_and_holds_what_is_stored_after_every_turn(
    page: Page, app: Parley, provider: ScriptedProvider
) -> None:
    provider.default = ECHO
    assert text_of(await page.ask("Why does a river bend?", temperature=0.5, model="openai:other")) == (
        "Why does a river bend?"
    )
    assert (provider.calls[0].body["temperature"], provider.calls[0].body["model"]) == (0.5, "other")
    await page.ask("And a brook?")
    assert await shown(provider) == ["Why does a river bend?", "Why does a river bend?", "And a brook?"]
    assert same(page, await page.stored())
    later = await page.reloaded()
    await later.ask("And a canal?")
    assert len(await shown(provider)) == 5
    assert same(later, await page.stored())
    [conversation] = (await app.http.get("/conversations")).json()
    assert conversation["title"] == "Why does a river bend?"
    assert page.messages[-1]["metadata"]["conversation_id"] == conversation["id"]


async def test_the_stream_says_what_it_is(page: Page) -> None:
    page.messages.append(page.question("Hi"))
    response = await page.post()
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"


async def test_only_the_last_question_is_needed(page: Page, provider: ScriptedProvider) -> None:
    for text in ("one", "two"):
        response = await page.post(messages=None, message=page.question(text))
        assert response.status_code == 200, response.text
    assert await shown(provider) == ["one", "w0 w1 w2 w3 w4", "two"]


async def test_what_a_page_brings_along_is_stored_with_the_first_question(
    page: Page, provider: ScriptedProvider
) -> None:
    call = {"type": "tool-weather", "toolCallId": "x", "input": {"in": "Bern"}}
    failed = {"type": "dynamic-tool", "toolName": "tides", "toolCallId": "y"}
    page.messages = [
        {"id": "a", "role": "system", "parts": [{"type": "text", "text": "You are a bird."}]},
        {"id": "b", "role": "user", "parts": [{"type": "text", "text": "Rain?"}, {"type": "data-x", "data": 1}]},
        {"id": "c", "role": "assistant", "metadata": {"run_id": "none of ours"}, "parts": [
            {"type": "step-start"}, {"type": "reasoning", "text": "hm"},
            {**call, "state": "output-available", "output": {"sky": "blue"}},
            {**failed, "state": "output-error", "rawInput": '{"in": B', "errorText": "ebb"},
            {"type": "step-start"}, {"type": "text", "text": "No."},
            {"type": "file", "mediaType": "application/pdf", "url": "https://example.org/a.pdf"},
        ]},
    ]  # fmt: skip
    await page.ask("Sure?")
    asked = provider.calls[0].body["messages"]
    assert [message["role"] for message in asked] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
        "user",
    ]
    assert [message["content"] for message in asked[3:5]] == ['{"sky":"blue"}', '{"error":"ebb"}']
    arguments = [call["function"]["arguments"] for call in asked[2]["tool_calls"]]
    assert arguments == ['{"in":"Bern"}', '{"in": B']
    stored = await page.stored()
    assert [message["role"] for message in stored] == ["system", "user", "assistant", "user", "assistant"]
    assert [part["type"] for part in stored[2]["parts"]] == [
        "step-start", "reasoning", "tool-weather", "tool-tides", "step-start", "text",
    ]  # fmt: skip
    await page.ask("Really?")
    assert len(await page.stored()) == 7


async def test_a_question_is_edited_and_an_answer_written_anew(page: Page, provider: ScriptedProvider) -> None:
    provider.default = ECHO
    for text in ("one", "two"):
        await page.ask(text)
    await page.edit(2, "zwei")
    assert page.texts == ["one", "one", "zwei", "zwei"]
    provider.default = Script(text="otherwise")
    await page.regenerate()
    assert page.texts == ["one", "one", "zwei", "otherwise"]
    assert same(page, await page.stored())
    later = await page.reloaded()
    await later.edit(0, "eins")
    assert later.texts == ["eins", "otherwise"]
    assert same(later, await page.stored())
    await later.regenerate(1)
    await later.regenerate(0)
    assert await shown(provider) == ["eins"]
    assert same(later, await page.stored())


async def test_going_back_and_forth_between_edits_keeps_to_what_the_page_shows(
    page: Page, provider: ScriptedProvider
) -> None:
    provider.default = ECHO
    await page.ask("one")
    for text in ("uno", "eins", "uno"):
        await page.edit(0, text)
    await page.ask("and?")
    assert await shown(provider) == ["uno", "uno", "and?"]
    assert same(page, await page.stored())


async def test_a_message_sent_again_is_not_asked_again(page: Page, provider: ScriptedProvider) -> None:
    provider.default = Script(words=30, delay=0.005)
    page.messages.append(page.question("Once."))
    first, second = await asyncio.gather(page.post(), page.post())
    third = await page.post()
    assert [message_of(chunks_of(r.text)) for r in (second, third)] == [message_of(chunks_of(first.text))] * 2
    assert len(provider.calls) == 1
    other = {**page.messages[0], "parts": [{"type": "text", "text": "Another."}]}
    assert (await page.post(messages=[other])).status_code == 200
    assert len(provider.calls) == 2


async def test_an_idempotency_key_goes_before_the_names_of_messages(page: Page, app: Parley) -> None:
    body = {"id": "chat", "messages": [page.question("Hi")]}
    headers = {"Idempotency-Key": "k"}
    first = await app.http.post("/ai-sdk/chat", json=body, headers=headers)
    again = await app.http.post("/ai-sdk/chat", json=body, headers=headers)
    assert first.text.split("text-start")[0] == again.text.split("text-start")[0]
    other = await app.http.post("/ai-sdk/chat", json=body | {"temperature": 1}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def until_running(page: Page, app: Parley) -> dict[str, Any]:
    """The run that answers, once it has begun."""
    found: list[dict[str, Any]] = []

    async def runs() -> bool:
        messages = (await app.http.get("/conversations/1/messages")).json().get("messages", [])
        found[:] = [message for message in messages if message["status"] == "in_progress"]
        return bool(found)

    await until(runs, seconds=20)
    return found[0]


async def test_a_page_that_comes_back_reads_the_answer_from_its_beginning(
    page: Page, app: Parley, provider: ScriptedProvider
) -> None:
    assert (await app.http.get(f"{page.url}/stream")).status_code == 204
    provider.default = FOR_EVER
    page.messages.append(page.question("Slowly."))
    await page.leave(after="w3")
    later = await page.reloaded()
    assert [message["role"] for message in later.messages] == ["user"]
    reading = asyncio.create_task(app.http.get(f"{page.url}/stream"))
    await provider.until(lambda: provider.calls[0].tokens_sent > 20, seconds=20)
    await app.http.post(f"{page.url}/stop")
    resumed = await reading
    assert (resumed.status_code, resumed.headers["x-vercel-ai-ui-message-stream"]) == (200, "v1")
    later.messages.append(message_of(chunks_of(resumed.text)))
    assert later.texts[-1].startswith("w0 w1 w2 w3 w4 ")
    assert later.messages == await page.stored()
    idle = await app.http.get(f"{page.url}/stream")
    assert (idle.status_code, idle.content) == (204, b"")
    assert len(provider.calls) == 1


async def test_a_page_that_stops_keeps_what_was_said(page: Page, app: Parley, provider: ScriptedProvider) -> None:
    provider.default = Script(fault="stall", at=3)
    page.messages.append(page.question("For ever."))
    asking = asyncio.create_task(page.post())
    await until_running(page, app)
    await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent == 3, seconds=20)
    busy = await page.post(messages=[page.question("Me too.")])
    assert (busy.status_code, busy.json()["code"]) == (409, "reply_in_progress")
    stopped = await app.http.post(f"{page.url}/stop", json={"assistantMessage": {"id": "whatever a page sends"}})
    assert stopped.json() == {"stopped": True, "run_id": 1}
    chunks = chunks_of((await asking).text)
    assert chunks[-1] == {"type": "abort", "reason": "stopped"}
    page.messages.append(message_of(chunks))
    assert page.texts[-1] == "w0 w1 w2"
    assert same(page, await page.stored())
    assert (await app.http.post(f"{page.url}/stop")).json() == {"stopped": False, "run_id": None}


async def test_who_interrupts_need_not_wait(page: Page, app: Parley, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(fault="stall", at=1))
    asking = asyncio.create_task(page.post(messages=[page.question("one")]))
    await until_running(page, app)
    response = await page.post(messages=[page.question("two")], if_busy="interrupt")
    assert chunks_of(response.text)[-1]["type"] == "finish"
    assert chunks_of((await asking).text)[-1]["type"] == "abort"


async def test_a_refusal_has_its_status_and_a_later_failure_is_a_part(
    page: Page, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue += [Script(status=401), Script(fault="end", at=2), ECHO]
    page.messages.append(page.question("one"))
    refused = await page.post()
    assert (refused.status_code, refused.json()["code"]) == (502, "provider_credentials_refused")
    assert refused.headers["content-type"] == "application/problem+json"
    cut = chunks_of((await page.post(trigger="regenerate-message")).text)
    assert cut[-1]["type"] == "error"
    assert "without saying" in cut[-1]["errorText"]
    assert text_of(await page.regenerate()) == "one"
    assert [text_of(message) for message in await page.stored()] == ["one", "one"]
    missing = await app.http.get("/ai-sdk/chat/never-seen")
    assert (missing.status_code, missing.json()["code"]) == (404, "conversation_not_found")
    assert (await app.http.post("/ai-sdk/chat/never-seen/stop")).status_code == 404
    assert (await app.http.get("/ai-sdk/chat/never-seen/stream")).status_code == 204


async def test_any_name_of_a_chat_is_its_own(app: Parley) -> None:
    names = ["a/b", "ä ö?#%2F&=+", "x" * 200, "1", "a//b/", "stream", "a\nb", "🙂", '"']
    for name in names:
        await Page(app, name).ask(f"Hi, {name}")
    for name in names:
        page = Page(app, name)
        assert text_of((await page.stored())[0]) == f"Hi, {name}"
        assert (await app.http.get(f"{page.url}/stream")).status_code == 204
        assert (await app.http.post(f"{page.url}/stop")).json()["stopped"] is False
    listed = (await app.http.get("/conversations")).json()
    assert [conversation["alias"] for conversation in listed] == names[::-1]


async def test_a_long_chat_is_read_by_pages_that_cut_no_message(page: Page, app: Parley) -> None:
    for n in range(3):
        await page.ask(f"question {n}")
    whole = await page.stored()
    first = await app.http.get(f"{page.url}?limit=3")
    assert first.json() == whole[-2:]
    [address] = [part[1:-1] for part in first.headers["link"].split("; ") if part.startswith("<")]
    rest = await app.http.get(address.replace("limit=3", "limit=10"))
    assert rest.json() == whole[:-2]
    assert "link" not in rest.headers


TEXT = {"type": "text", "text": "Hi"}
USER = {"id": "q", "role": "user", "parts": [TEXT]}
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": None}, "id"),
    "an empty id": ({"id": ""}, "id"),
    "a long id": ({"id": "x" * 201}, "id"),
    "an id with NUL": ({"id": "a\x00"}, "id"),
    "an id that is an address of ours": ({"id": "a/stream"}, "/stream"),
    "nothing said": ({"messages": None}, "messages"),
    "both": ({"message": USER}, "messages"),
    "no messages": ({"messages": []}, "messages"),
    "a strange role": ({"messages": [{**USER, "role": "tool"}]}, "role"),
    "an empty question": ({"messages": [{**USER, "parts": [{"type": "text", "text": " "}]}]}, "messages"),
    "a file that is no picture": (
        {"messages": [{**USER, "parts": [TEXT, {"type": "file", "mediaType": "application/pdf", "url": "data:,"}]}]},
        "messages[0].parts[1]",
    ),
    "a picture from a disk": (
        {"messages": [{**USER, "parts": [{"type": "file", "mediaType": "image/png", "url": "file:///etc/passwd"}]}]},
        "messages[0].parts[0]",
    ),
    "an answer to nothing": ({"messages": [USER, {"id": "a", "role": "assistant", "parts": [TEXT]}]}, "messages"),
    "a misspelt field": ({"temprature": 1}, "temprature"),
    "too hot": ({"temperature": 3}, "temperature"),
    "a strange trigger": ({"trigger": "resume-stream"}, "trigger"),
    "a tool without a good name": ({"tools": {"a b": {}}}, "tools"),
}  # fmt: skip


async def test_a_bad_body_is_422_names_the_field_and_stores_nothing(app: Parley) -> None:
    for name, (different, field) in BAD.items():
        body = {"id": "chat", "messages": [USER], **different}
        sent = {key: value for key, value in body.items() if value is not None}
        response = await app.http.post("/ai-sdk/chat", json=sent)
        assert response.status_code == 422, (name, response.text)
        assert field in json.dumps(response.json()["detail"]), name
    assert (await app.http.get("/conversations")).json() == []


async def test_a_picture_of_a_question_reaches_the_model(page: Page, provider: ScriptedProvider) -> None:
    url = "data:image/png;base64,AA=="
    page.messages.append(page.question("What?"))
    page.messages[-1]["parts"].append({"type": "file", "mediaType": "image/png", "filename": "a.png", "url": url})
    await page.answered()
    assert provider.calls[0].body["messages"][0]["content"][1]["image_url"]["url"] == url
    assert (await page.stored())[0]["parts"][1] == {"type": "file", "mediaType": "image/png", "url": url}
