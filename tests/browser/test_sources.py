"""Answers that rest on documents: their numbers, their sources, and what is said without any."""

from playwright.async_api import expect

from domain.retrieval.not_found import ENGLISH, MARKER
from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.library import put
from tests.support.provider import Script, ScriptedProvider

ANSWER = (
    "The Nile has a length of 6650 kilometres [2]. It bends [7] as whales sing to the moon [3]. In code, `a[1]` stays."
)
WATCH = """() => {
    window.unknown = []
    const look = () => {
        for (const shown of document.querySelectorAll('.prose p')) {
            const copy = shown.cloneNode(true)
            copy.querySelectorAll('code').forEach((code) => code.remove())
            if (/[\\[7]/.test(copy.textContent)) window.unknown.push(copy.textContent)
        }
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
}"""
"""Remembers each text, at any moment, in which a number stands that is no source's."""


async def test_21_numbers_are_those_of_known_sources_show_them_and_lead_to_the_marked_passage(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    page = chat.page
    id = await put(app.container.database(), paged=True)
    conversation = (await app.http.post("/conversations", json={"documents": [id]})).json()["id"]
    await chat.open(f"/c/{conversation}")
    await page.evaluate(WATCH)
    provider.queue.append(Script(text=ANSWER, delay=0.02))
    await chat.send("How long is the Nile?")
    await chat.ended()
    assert await page.evaluate("window.unknown") == []
    numbers = chat.answers.last.get_by_role("link", name="Source ")
    await expect(numbers).to_have_text(["2", "3"])
    await expect(chat.answers.last.locator("code")).to_have_text("a[1]")

    card = page.get_by_role("tooltip")
    await numbers.nth(0).hover()
    for words in ("rivers.txt", "page 2", "The Nile has a length of 6650 kilometres"):
        await expect(card).to_contain_text(words)
    await page.keyboard.press("Escape")
    await page.mouse.move(0, 0)
    await expect(card).to_have_count(0)
    await numbers.nth(1).focus()
    await expect(card).to_contain_text("not found there letter for letter")
    await page.keyboard.press("Escape")
    await expect(card).to_have_count(0)
    borders = [await numbers.nth(at).evaluate("link => getComputedStyle(link).borderStyle") for at in (0, 1)]
    assert borders == ["solid", "dashed"]

    await page.reload()
    await expect(numbers).to_have_text(["2", "3"])
    await chat.answers.last.get_by_text("2 sources").click()
    await expect(chat.answers.last.locator(".sources li")).to_have_count(2)
    await numbers.nth(0).press("Enter")
    mark = page.locator("mark")
    await expect(mark).to_be_in_viewport()
    await expect(mark).to_contain_text("The Nile has a length of 6650 kilometres")
    assert f"/library/{id}?start=" in page.url
    await expect(page.locator(".reader-text")).to_contain_text("Rivers bend because")
    await page.reload()
    await expect(mark).to_be_in_viewport()
    await page.go_back()
    await expect(numbers).to_have_text(["2", "3"])


async def test_22_an_answer_without_support_says_so_and_shows_no_sources(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    id = await put(app.container.database(), paged=True)
    conversation = (await app.http.post("/conversations", json={"documents": [id]})).json()["id"]
    await chat.open(f"/c/{conversation}")
    provider.queue.append(Script(text=MARKER))
    await chat.send("What is the mass of the electron?")
    await chat.ended()
    await expect(chat.answers.last.locator(".prose")).to_have_text(ENGLISH)
    await expect(chat.page.locator(".sources, .citation")).to_have_count(0)
    await chat.reload()
    await expect(chat.answers.last.locator(".prose")).to_have_text(ENGLISH)
    await expect(chat.page.locator(".sources, .citation")).to_have_count(0)
