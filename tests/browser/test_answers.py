"""An answer that is being written: following it, stopping it, coming back to it."""

import time

import pytest
from playwright.async_api import Route, expect

from tests.support.app import Parley, until
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider

LONG = "\n\n".join(f"Paragraph {number} of a long answer." for number in range(60))


async def _stored(app: Parley) -> dict[str, str]:
    """The last message of the only conversation."""
    messages = (await app.http.get("/conversations/1/messages")).json()["messages"]
    last: dict[str, str] = messages[-1]
    return last


async def test_9_the_end_is_followed_until_one_tick_upwards_and_again_from_the_end(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(text=LONG, delay=0.01))
    await chat.open()
    await chat.send("Tell me more")
    await chat.says("Paragraph 30")
    assert await chat.distance_to_end() <= 60  # a line more may have come since the last frame

    await chat.wheel(-120)
    await expect(chat.button("Jump to latest")).to_be_visible()
    kept = await chat.messages.evaluate("list => list.scrollTop")
    await chat.says("Paragraph 40")
    assert abs(await chat.messages.evaluate("list => list.scrollTop") - kept) <= 120  # the tick itself
    assert await chat.distance_to_end() > 100

    await chat.wheel(20_000)
    await expect(chat.button("Jump to latest")).to_be_hidden()
    await chat.ended()
    await chat.at_end()
    await expect(chat.answers.last.get_by_role("button", name="Copy", exact=True)).to_be_in_viewport()

    await chat.wheel(-600)
    await chat.button("Jump to latest").click()
    await chat.at_end()


@pytest.mark.parametrize("storage_url", ["sqlite", "postgres"], indirect=True)
async def test_12_stop_ends_the_run_keeps_what_was_said_and_says_so(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=9, fault="stall", at=3))
    await chat.open()
    await chat.send("Hello")
    await chat.says("w0 w1 w2")
    await chat.stop_button.click()
    pressed = time.monotonic()
    await chat.ended("cancelled")
    assert time.monotonic() - pressed < 10  # 0.3 where nobody else is busy: tests/bench/web.py
    await chat.says("Stopped here.")
    await expect(chat.page.get_by_role("status").filter(has_text="Stopped")).to_have_count(1)
    await expect(chat.composer).to_be_editable()

    await until(lambda: provider.calls[0].aborted, seconds=60)
    assert (await _stored(app))["content"].split() == ["w0", "w1", "w2"]
    await chat.reload()
    await chat.says("w0 w1 w2")
    await chat.says("Stopped here.")


async def test_13_after_a_reload_it_goes_on_nothing_is_doubled_or_lost_and_stop_still_works(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=61, delay=0.03, fault="stall", at=60))
    words = " ".join(f"w{number}" for number in range(60))
    await chat.open()
    await chat.send("Count")
    await chat.says("w10 ")
    for _ in range(2):
        await chat.reload()
        await expect(chat.stop_button).to_be_visible()
        await expect(chat.answers.last.locator(".prose")).to_have_text(words)
    await chat.stop_button.click()
    await chat.ended("cancelled")
    stored = await _stored(app)
    assert (stored["content"].strip(), stored["status"]) == (words, "cancelled")
    assert len(provider.calls) == 1


async def test_14_a_cut_line_is_said_and_the_answer_goes_on_where_it_was(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=120, delay=0.03))
    chat.expects("Failed to load resource")
    await chat.open()
    await chat.send("Count")
    await chat.says("w10 ")
    await chat.page.context.set_offline(True)
    await expect(chat.page.get_by_text("You are offline")).to_be_visible()
    await chat.composer.fill("kept")
    await chat.page.context.set_offline(False)
    await chat.ended()
    words = " ".join(f"w{number}" for number in range(120))
    await expect(chat.answers.last.locator(".prose")).to_have_text(words)
    await expect(chat.composer).to_have_value("kept")


async def test_14_a_server_that_is_silent_is_asked_again_from_the_last_event(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=9, fault="stall", at=3))
    asked: list[str] = []

    async def refused(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(status=503, body="{}")

    chat.expects("Failed to load resource")
    await chat.page.route("**/events?after=*", refused)
    await chat.open()
    await chat.send("Hello")
    await expect(chat.page.get_by_text("Reconnecting")).to_be_visible()
    await until(lambda: len(asked) >= 2, seconds=60)
    await chat.page.unroute("**/events?after=*")
    await chat.says("w0 w1 w2")
    await expect(chat.page.get_by_text("Reconnecting")).to_be_hidden()
    await chat.stop_button.click()
    await chat.ended("cancelled")
