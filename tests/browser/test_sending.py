"""Writing a message and getting it through."""

import asyncio

from playwright.async_api import Route, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.page_measures import NOTE_QUESTION
from tests.support.provider import Script, ScriptedProvider


async def test_3_enter_sends_shift_enter_makes_a_line_and_composing_sends_nothing(chat: ChatPage) -> None:
    await chat.open()
    await chat.composer.fill("one")
    await chat.composer.press("Shift+Enter")
    await chat.page.keyboard.type("two")
    await expect(chat.composer).to_have_value("one\ntwo")

    keys = await chat.page.context.new_cdp_session(chat.page)
    await keys.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    enter = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}  # as an IME sends it
    await keys.send("Input.dispatchKeyEvent", enter)
    await expect(chat.questions).to_have_count(0)
    await keys.send("Input.insertText", {"text": "日"})
    await expect(chat.composer).to_have_value("one\ntwo日")

    await chat.page.keyboard.press("Enter")
    await expect(chat.questions.locator(".bubble")).to_have_text(["one\ntwo日"])
    await expect(chat.composer).to_have_value("")
    await expect(chat.composer).to_be_focused()
    await chat.ended()


async def test_4_the_question_shows_before_the_server_answers(chat: ChatPage) -> None:
    answer = asyncio.Event()

    async def held(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await chat.page.add_init_script(NOTE_QUESTION)
    await chat.open()
    await chat.page.route("**/runs", held)
    await chat.send("Are you there?")
    await expect(chat.questions).to_have_attribute("data-status", "sending")
    await expect(chat.questions).to_contain_text("Are you there?")
    assert await chat.page.evaluate("asked.shown - asked.pressed") < 5_000
    answer.set()
    await chat.ended()
    await expect(chat.questions).to_have_attribute("data-status", "completed")


async def test_4_a_question_that_does_not_get_through_is_kept_and_asked_again_once(chat: ChatPage, app: Parley) -> None:
    async def lost(route: Route) -> None:
        """The server gets it, and its answer gets lost."""
        await route.fetch()
        await route.abort()

    chat.expects("Failed to load resource")
    await chat.open()
    await chat.page.route("**/runs", lost)
    await chat.send("Do not lose me")
    await expect(chat.page.get_by_role("alert")).to_contain_text("Not sent")

    await chat.page.unroute("**/runs")
    await chat.button("Try again").click()
    await chat.ended()
    await expect(chat.page.get_by_role("alert")).to_have_count(0)
    stored = (await app.http.get("/conversations")).json()
    assert len(stored) == 1
    messages = (await app.http.get(f"/conversations/{stored[0]['id']}/messages")).json()["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"]


async def test_15_a_draft_survives_a_reload_another_conversation_and_a_failure(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    chat.expects("Failed to load resource")
    await chat.open()
    await chat.send("First")
    await chat.ended()
    await chat.page.wait_for_url("**/c/1")
    await chat.composer.fill("to be continued")
    await chat.page.get_by_role("link", name="New chat").first.click()
    await expect(chat.composer).to_have_value("")
    await chat.composer.fill("something new")
    await chat.page.get_by_role("navigation").get_by_role("link", name="First").click()
    await expect(chat.composer).to_have_value("to be continued")
    await chat.reload()
    await expect(chat.composer).to_have_value("to be continued")

    await chat.page.route("**/runs", lambda route: route.abort())
    await chat.composer.press("Enter")
    await expect(chat.page.get_by_role("alert")).to_contain_text("Not sent")
    await chat.page.unroute("**/runs")
    await chat.reload()
    await expect(chat.composer).to_have_value("to be continued")
    provider.queue.append(Script(text="Well done."))
    await chat.composer.press("Enter")
    await chat.says("Well done.")
    await chat.reload()
    await expect(chat.composer).to_have_value("")
    await chat.open("/")
    await expect(chat.composer).to_have_value("something new")
