"""One conversation in several places, and addresses that lead into it."""

from playwright.async_api import BrowserContext, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.cutting_proxy import cutting_proxy
from tests.support.page_measures import stored_conversation
from tests.support.provider import Script, ScriptedProvider


async def test_14_a_line_that_is_cut_in_flight_is_taken_up_again_and_nothing_is_lost_or_doubled(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(words=150, delay=0.03))
    words = " ".join(f"w{number}" for number in range(150))
    chat.expects("Failed to load resource", "ERR_CONNECTION")
    async with cutting_proxy(app.url) as line:
        await chat.open(line.url)
        await chat.send("Count")
        for reached in ("w10 ", "w60 "):
            await chat.says(reached)
            line.cut()
            await expect(chat.page.get_by_text("Reconnecting")).to_be_visible()
            line.is_cut = False
        await chat.ended()
        await expect(chat.page.get_by_text("Reconnecting")).to_be_hidden()
        await expect(chat.answers.last.locator(".prose")).to_have_text(words)
    assert len(provider.calls) == 1


async def test_14_two_tabs_show_the_same_and_learn_of_what_is_asked_in_the_other(
    chat: ChatPage, context: BrowserContext, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(text="The first answer."))
    provider.queue.append(Script(words=60, delay=0.03, fault="stall", at=50))
    words = " ".join(f"w{number}" for number in range(50))
    await chat.open()
    await chat.send("One?")
    await chat.ended()
    other = await ChatPage.in_context(context)
    await other.open("/c/1")
    await other.says("The first answer.")

    await chat.send("Two?")
    await expect(other.questions.last).to_contain_text("Two?")
    for tab in (chat, other):
        await expect(tab.answers.last.locator(".prose")).to_have_text(words)
    await other.stop_button.click()
    for tab in (chat, other):
        await tab.ended("cancelled")

    await other.answers.last.get_by_role("button", name="Answer again").click()
    await other.ended()
    await chat.says("w0 w1 w2 w3 w4")
    await expect(chat.answers.last).to_contain_text("2 / 2")
    assert await other.complaints() == []


async def test_14_another_browser_is_noticed_when_the_page_is_come_back_to(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    await chat.open()
    await chat.send("One?")
    await chat.ended()
    provider.queue.append(Script(text="Said to somebody else."))
    asked = await app.http.post("/chat", json={"message": "Two?", "conversation_id": 1})
    assert asked.status_code == 200
    await chat.page.evaluate("dispatchEvent(new Event('focus'))")
    await chat.says("Said to somebody else.")
    await expect(chat.questions.last).to_contain_text("Two?")


async def test_38_addresses_lead_to_a_conversation_and_a_message_in_any_tab(
    chat: ChatPage, app: Parley, context: BrowserContext
) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    path = await stored_conversation(app, 130)
    messages = (await app.http.get(f"/conversations{path[2:]}/messages?limit=100")).json()["messages"]
    early = next(message for message in messages if message["content"].startswith("Number 41."))
    await chat.open(f"{path}#m{early['id']}")
    target = chat.page.locator(f"#m{early['id']}")
    await expect(target).to_be_focused()
    await expect(target).to_be_in_viewport()
    await expect(chat.button("Jump to latest")).to_be_visible()

    await chat.page.get_by_role("link", name="New chat").first.click()
    await expect(chat.page.get_by_role("heading", name="What is on your mind?")).to_be_visible()
    await chat.page.go_back()
    await expect(target).to_be_in_viewport()
    await chat.page.go_forward()
    await expect(chat.messages).to_have_count(0)
    await chat.page.go_back()
    await chat.reload()
    await expect(target).to_be_in_viewport()

    await chat.button("Jump to latest").click()
    await chat.at_end()
    await chat.answers.last.get_by_role("button", name="Copy link to this message").click()
    link = await chat.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{app.url}{path}#{await chat.answers.last.get_attribute('id')}"
    other = await ChatPage.in_context(context)
    await other.page.goto(link)
    await expect(other.answers.last).to_be_focused()
    await expect(other.answers.last).to_contain_text("Number 129.")

    await other.page.goto(f"{app.url}{path}#m999999")
    await other.page.reload()
    await expect(other.page.get_by_role("status").filter(has_text="There is no such message")).to_have_count(1)
    other.expects("Failed to load resource")
    assert await other.complaints() == []
    await chat.page.goto("/c/999999")
    await expect(chat.page.get_by_role("heading", name="There is no such conversation")).to_be_visible()
    chat.expects("Failed to load resource")
