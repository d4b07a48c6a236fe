"""The page without a mouse."""

from playwright.async_api import expect

from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider


async def _reaches(chat: ChatPage, words: str) -> None:
    """The focus comes to the message that begins so, below its name."""
    await chat.until("words => (document.activeElement.innerText ?? '').slice(0, 60).includes(words)", words)


async def test_28_everything_is_done_by_keys_that_a_sheet_lists_and_that_can_be_others_or_off(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    page, press = chat.page, chat.page.keyboard.press
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    provider.queue.extend([Script(text="First answer.\n\n" + "More words. " * 900), Script(text="Second answer.")])
    await chat.open()
    for question in ("One?", "Two?"):
        await page.keyboard.type(question)
        await press("Enter")
        await chat.ended()

    for expected in ("Second answer.", "Two?", "First answer.", "One?"):
        await press("Alt+ArrowUp")
        await _reaches(chat, expected)
    for expected in ("First answer.", "Two?"):
        await press("Alt+ArrowDown")
        await _reaches(chat, expected)

    await press("Alt+Shift+C")
    await expect(page.locator("div[role=status]")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "Second answer."
    await press("Shift+Escape")
    await expect(chat.composer).to_be_focused()
    provider.queue.append(Script(words=9, fault="stall", at=3))
    await page.keyboard.type("Why?")  # the question mark is written, and opens nothing
    await press("Enter")
    await chat.says("w0 w1 w2")
    await press("Escape")
    await chat.ended("cancelled")
    await expect(chat.questions.last).to_contain_text("Why?")

    await press("Control+k")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await press("Control+Shift+O")
    await page.wait_for_url("**/")
    await expect(chat.composer).to_be_focused()

    await page.get_by_role("link", name="New chat").first.focus()
    await press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet.get_by_role("listitem")).to_have_count(8)
    await sheet.get_by_role("button", name="New chat: Ctrl + Shift + O. Change").press("Enter")
    await press("Control+j")
    await expect(sheet.get_by_role("button", name="New chat: Ctrl + J. Change")).to_be_focused()
    await sheet.get_by_role("button", name="Search conversations: Ctrl + K. Change").press("Enter")
    await press("Control+j")
    await expect(sheet.get_by_role("button", name="New chat: none. Change")).to_be_visible()
    await press("Escape")
    await expect(sheet).to_be_hidden()
    await chat.reload()
    await press("Control+j")
    await expect(page.get_by_role("searchbox")).to_be_focused()

    await page.get_by_role("link", name="New chat").first.focus()
    await press("?")
    await sheet.get_by_role("checkbox", name="Shortcuts are on").press("Space")
    await press("Escape")
    await chat.composer.focus()
    await press("Control+j")
    await press("Alt+ArrowUp")
    await expect(chat.composer).to_be_focused()
