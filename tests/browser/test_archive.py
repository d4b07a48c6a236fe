"""A conversation as a file, and back."""

from pathlib import Path

from playwright.async_api import FilePayload, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.library import put
from tests.support.provider import Script, ScriptedProvider

FIRST, SECOND = "The Nile has a length of 6650 kilometres [2].", "It is `long`."


async def _exported(chat: ChatPage, kind: str) -> Path:
    await chat.page.get_by_role("button", name="More for").last.focus()
    await chat.page.keyboard.press("Enter")
    async with chat.page.expect_download() as download:
        await chat.page.get_by_role("menuitem", name=f"Export as {kind}").click()
    return Path(await (await download.value).path())


async def test_37_a_thread_is_exported_with_its_citations_and_branches_and_looks_the_same_when_imported(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    chat.expects("Failed to load resource")
    document = await put(app.container.database(), paged=True)
    created = await app.http.post("/conversations", json={"documents": [document], "title": "The Nile"})
    provider.queue.extend([Script(text=FIRST), Script(text=SECOND)])
    await chat.open(f"/c/{created.json()['id']}")
    await chat.send("How long is the Nile?")
    await chat.ended()
    await chat.button("Answer again").click()
    await chat.says("It is long.")
    await chat.ended()

    told = (await _exported(chat, "Markdown")).read_text()
    assert told.startswith("# The Nile\n")
    assert told.index("How long is the Nile?") < told.index(SECOND) < told.index("## Branch 2") < told.index(FIRST)
    assert "- [2] rivers.txt, page 2: “The Nile has a length of 6650 kilometres" in told

    lines = await _exported(chat, "JSON")
    await chat.button("Settings").click()
    good = FilePayload(name="nile.jsonl", mimeType="application/jsonl", buffer=lines.read_bytes())
    bad = FilePayload(name="bad.jsonl", mimeType="application/jsonl", buffer=b"no")
    await chat.page.locator("input[accept='.jsonl']").set_input_files(bad)
    await expect(chat.page.get_by_role("alert")).to_contain_text("line 1")
    await chat.page.locator("input[accept='.jsonl']").set_input_files(good)
    await expect(chat.page.get_by_text("1 conversation was imported.")).to_be_visible()
    await chat.page.keyboard.press("Escape")

    rows = chat.page.get_by_role("navigation", name="Conversations").get_by_role("link")
    await expect(rows).to_have_text(["The Nile", "The Nile"])
    await rows.first.click()
    await chat.page.wait_for_url("**/c/2")
    await chat.says("It is long.")
    await expect(chat.answers.last).to_contain_text("2 / 2")
    await chat.button("Previous version").click()
    await chat.says("The Nile has a length")
    await expect(chat.answers.last.get_by_role("link", name="Source ")).to_have_text(["2"])
