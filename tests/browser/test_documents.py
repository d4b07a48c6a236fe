"""Documents: brought to a conversation, followed until they are ready, read, deleted."""

from typing import Any

from playwright.async_api import Browser, Locator, Page, Request, Route, expect

from tests.support.app import Parley, parley, until
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider

RIVERS = (
    b"# Rivers\n\nThe Nile is 6,650 kilometres long.\n\n# Bends\n\nA river bends because its outer bank wears away.\n"
)
BROUGHT = """([selector, kind, name, type, content]) => {
    const data = new DataTransfer()
    data.items.add(new File([content], name, { type }))
    const more = kind === 'paste' ? { clipboardData: data } : { dataTransfer: data }
    const Event = kind === 'paste' ? ClipboardEvent : DragEvent
    document.querySelector(selector).dispatchEvent(new Event(kind, { bubbles: true, cancelable: true, ...more }))
}"""


def file(name: str, content: bytes = RIVERS, type: str = "text/markdown") -> dict[str, object]:
    return {"name": name, "mimeType": type, "buffer": content}


async def choose(page: Page, *files: dict[str, object]) -> None:
    await page.locator("input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]


def document(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem", name=name)


async def _are_detached(app: Parley, path: str) -> bool:
    return bool((await app.http.get(path)).json()["documents"] == [])


async def test_23_files_come_by_button_drop_and_paste_with_progress_and_are_refused_before_they_are_sent(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    page, posts = chat.page, list[Request]()
    held: list[Route] = []

    async def hold(route: Route) -> None:
        if route.request.method == "POST" and len(held) == 0:
            held.append(route)
        else:
            await route.continue_()

    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    await page.route("**/documents", hold)
    await page.route("**/limits", lambda r: r.fulfill(json={"currency": "USD", "limits": [], "document_bytes": 5000}))
    await chat.open()

    await choose(page, file("photo.png", type="image/png"), file("long.txt", b"x" * 5001), file("empty.txt", b""))
    for words in ("photo.png cannot be read", "long.txt is too large: at most 5 kB", "empty.txt is empty"):
        await expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    for _ in range(3):
        await chat.button("Dismiss").first.click()
    assert posts == []

    await choose(page, file("rivers.md"))
    await expect(page.get_by_role("progressbar", name="Uploading rivers.md")).to_be_visible()
    await chat.composer.fill("How long is the Nile?")
    await expect(chat.button("Send")).to_be_disabled()
    await chat.button("Cancel rivers.md").click()
    await expect(page.get_by_role("list", name="Uploads")).to_have_count(0)

    chips = page.get_by_role("list", name="Attached documents").get_by_role("listitem")
    await page.evaluate(BROUGHT, ["main", "drop", "rivers.md", "text/markdown", RIVERS.decode()])
    await expect(chips).to_have_count(1)
    await expect(chips.first).to_contain_text("ready")
    await page.evaluate(BROUGHT, ["textarea", "paste", "mats.txt", "text/plain", "Cats sleep on mats."])
    await expect(chips).to_have_count(2)
    await choose(page, file("again.md"))
    await expect(page.get_by_text("You have this document already: rivers.md")).to_be_visible()
    await expect(chips).to_have_count(2)
    await chat.button("Detach mats.txt").click()
    await expect(chips).to_have_count(1)

    await page.reload()
    await expect(chips.first).to_contain_text("ready")
    await expect(chat.composer).to_have_value("How long is the Nile?")
    provider.queue.append(Script(text="It is 6,650 kilometres long [1]."))
    await chat.button("Send").click()
    await chat.ended()
    await expect(chips).to_have_count(1)
    path = f"/conversations/{page.url.rpartition('/')[2]}"
    assert (await app.http.get(path)).json()["documents"] == [1]
    await chat.button("Detach rivers.md").click()
    await expect(chips).to_have_count(0)
    await until(lambda: _are_detached(app, path), seconds=60)


async def test_24_states_are_live_also_after_a_restart_and_a_deletion_says_what_is_gone(
    built: None, browser: Browser, provider: ScriptedProvider, storage_url: str
) -> None:
    models: dict[str, Any] = {
        "openai_base_url": provider.url,
        "embedding_model": "openai:scripted",
        "provider_attempts": 1,
    }
    async with parley(database_url=storage_url, **models) as app:
        provider.queue.append(Script(fault="stall", when="headers"))
        page = await browser.new_page(base_url=app.url, locale="en-GB")
        await page.goto("/library")
        await expect(page.get_by_text("No documents yet")).to_be_visible()
        await choose(page, file("rivers.md"))
        await expect(document(page, "rivers.md")).to_contain_text("indexing 0 of")
        await until(lambda: len(provider.calls) == 1, seconds=60)
    async with parley(database_url=storage_url, **models) as app:
        await page.close()
        page = await browser.new_page(base_url=app.url, locale="en-GB")
        await page.goto("/library")
        await expect(document(page, "rivers.md")).to_contain_text("ready")

        await choose(page, file("torn.pdf", b"%PDF-1.7\nnothing that is a PDF\n", "application/pdf"))
        torn = document(page, "torn.pdf")
        await expect(torn.locator("[data-status=failed]")).to_be_visible()
        assert len(await torn.locator(".document-problem").inner_text()) > 10
        async with page.expect_response("**/retry"):
            await page.get_by_role("button", name="Try again: torn.pdf").click()
        await expect(torn.locator("[data-status=failed]")).to_be_visible()

        await page.get_by_role("button", name="Delete: rivers.md").click()
        await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await expect(document(page, "rivers.md")).to_be_visible()
        await page.get_by_role("button", name="Delete: rivers.md").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        await expect(page.get_by_role("status").filter(has_text="rivers.md is gone")).to_contain_text("vectors")
        await expect(document(page, "rivers.md")).to_have_count(0)
        await page.close()
