"""Answers with the help of tools, some of which ask a person first."""

import pytest
from playwright.async_api import expect

from tests.support.app import Parley, until
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is asked before anything is calculated."""
    monkeypatch.setenv("PARLEY_TOOL_APPROVALS", '{"calculator": "always"}')


def call(expression: str) -> Script:
    given = {"name": "calculator", "arguments": {"expression": expression}}
    return Script(words=0, calls=(given,), finish="tool_calls")


async def test_25_calls_are_folded_up_and_a_question_blocks_until_it_is_answered_by_keyboard(
    careful: None, chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    page = chat.page
    provider.queue += [call("6*7"), Script(text="It is done.")]
    await chat.open()
    await chat.button("Use tools").press("Enter")
    await expect(chat.button("Use tools")).to_have_attribute("aria-pressed", "true")
    await chat.send("Calculate")
    card = page.get_by_role("region", name="May calculator be called?")
    await expect(card.locator("pre")).to_contain_text('"expression": "6*7"')
    await expect(page.get_by_role("status").filter(has_text="May calculator be called?")).to_have_count(1)
    await expect(chat.composer).to_be_focused()
    assert len(provider.calls) == 1
    await page.reload()
    await expect(card).to_be_visible()

    await card.get_by_role("button", name="Change arguments").press("Enter")
    await page.get_by_label("Arguments").fill("no JSON")
    await card.get_by_role("button", name="Allow").press("Enter")
    await expect(card.get_by_role("alert")).to_contain_text("must be a JSON object")
    await page.get_by_label("Arguments").fill('{"expression": "6*8"}')
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # Allow
    await chat.ended()
    await chat.says("It is done.")
    tool = page.locator(".tool")
    await expect(tool.locator("summary")).to_have_text("calculator done · allowed")
    await expect(tool.get_by_text("48")).to_be_hidden()
    await tool.locator("summary").press("Enter")
    await expect(tool.get_by_text("48", exact=True)).to_be_visible()

    provider.queue += [call("1+1"), Script(text="As you wish.")]
    await chat.send("Again")
    await card.get_by_role("button", name="Deny").press("Enter")
    await chat.ended()
    await expect(tool.last.locator("summary")).to_have_text("calculator denied")
    await page.reload()
    await expect(tool.locator("summary")).to_have_text(["calculator done · allowed", "calculator denied"])
    await expect(card).to_have_count(0)

    approvals = (await app.http.get("/approvals")).json()
    assert [(each["status"], each["decided_arguments"]) for each in approvals] == [
        ("rejected", None),
        ("approved", {"expression": "6*8"}),
    ]
    await chat.button("Use tools").click()
    provider.queue.append(Script(text="Plain."))
    await chat.send("Without")
    await chat.says("Plain.")
    await until(lambda: len(provider.calls) == 5, seconds=60)
    assert "tools" not in provider.calls[-1].body
