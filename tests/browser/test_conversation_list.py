"""The list at the side: finding a conversation among many, and doing something with it."""

from playwright.async_api import Locator, expect

from application.ports.storage import NewConversation
from domain.access import LOCAL_OWNER
from tests.support.app import Parley, until
from tests.support.chat_page import ChatPage

MANY = 5_000
MOST_ROWS = 80


async def _fill(app: Parley, count: int) -> None:
    """So many conversations, all of them of the caller."""
    async with app.container.begin()() as tx:
        for number in range(1, count + 1):
            at = app.container.now()()
            await tx.conversations.add(NewConversation(LOCAL_OWNER, None, f"Talk {number}", at))
        await tx.commit()


def _rows(chat: ChatPage) -> Locator:
    return chat.page.get_by_role("navigation", name="Conversations").get_by_role("link")


def _row(chat: ChatPage, title: str) -> Locator:
    return chat.page.get_by_role("navigation", name="Conversations").get_by_role("link", name=title, exact=True)


async def _choose(chat: ChatPage, title: str, what: str) -> None:
    """By the keyboard alone: the menu of a row, and what is in it."""
    await chat.page.get_by_role("button", name=f"More for “{title}”").focus()
    await chat.page.keyboard.press("Enter")
    item = chat.page.get_by_role("menuitem", name=what, exact=True)
    await expect(chat.page.get_by_role("menuitem").first).to_be_focused()
    for _ in range(6):
        if await item.evaluate("item => item === document.activeElement"):
            break
        await chat.page.keyboard.press("ArrowDown")
    await chat.page.keyboard.press("Enter")


async def test_27_thousands_are_scrolled_through_and_searched_by_title_and_text(chat: ChatPage, app: Parley) -> None:
    await app.http.post("/chat", json={"message": "The otter swims"})
    await _fill(app, MANY)
    await chat.open()
    await expect(_row(chat, f"Talk {MANY}")).to_be_visible()
    assert await _rows(chat).count() <= MOST_ROWS

    listed = chat.page.get_by_role("navigation", name="Conversations")
    seen: set[str] = set()

    async def at_the_oldest() -> bool:
        await listed.evaluate("list => list.scrollTo(0, list.scrollHeight)")
        seen.update(await _rows(chat).all_inner_texts())
        return await _row(chat, "The otter swims").count() > 0

    await until(at_the_oldest, seconds=60)
    assert await _rows(chat).count() <= MOST_ROWS
    assert len(seen) > 1_000

    search = chat.page.get_by_role("searchbox", name="Search conversations")
    await search.fill("talk 4999")
    await expect(_rows(chat)).to_have_text(["Talk 4999"])
    await search.fill("You said")  # in no title
    await expect(_rows(chat)).to_have_text([])
    await search.fill("w1 w2")
    await expect(_rows(chat)).to_have_text(["The otter swims"])
    await expect(search).to_be_focused()
    await _rows(chat).click()
    await chat.says("w1 w2")
    await expect(chat.page).to_have_title("The otter swims · Parley")


async def test_27_rename_pin_archive_and_a_deletion_that_can_be_undone(chat: ChatPage, app: Parley) -> None:
    await _fill(app, 3)
    await chat.page.clock.install()
    await chat.open()
    await _choose(chat, "Talk 1", "Rename")
    await chat.page.keyboard.type("Rivers")
    await chat.page.keyboard.press("Enter")
    await expect(_row(chat, "Rivers")).to_be_focused()
    await _choose(chat, "Rivers", "Pin")
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 3", "Talk 2"])
    await expect(chat.page.get_by_role("heading", name="Pinned")).to_be_visible()
    await _choose(chat, "Talk 3", "Archive")
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 2"])
    await expect(_row(chat, "Talk 2")).to_be_focused()
    await chat.reload()
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 2"])
    await chat.button("Show archived conversations").click()
    await expect(_rows(chat)).to_have_text(["Talk 3"])
    await _choose(chat, "Talk 3", "Take out of the archive")
    await expect(_rows(chat)).to_have_text([])
    await chat.button("Back to all conversations").click()
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 3", "Talk 2"])

    await _row(chat, "Talk 2").click()
    await _choose(chat, "Talk 2", "Delete")
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 3"])
    await chat.page.wait_for_url("**/")
    await chat.button("Undo").click()
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 3", "Talk 2"])
    await chat.page.clock.fast_forward(20_000)
    assert (await app.http.get("/conversations/2")).status_code == 200

    await _choose(chat, "Talk 2", "Delete")
    await expect(_rows(chat)).to_have_text(["Rivers", "Talk 3"])
    await chat.composer.focus()
    await chat.page.mouse.move(700, 100)  # who is at the button is not hurried
    await chat.page.clock.fast_forward(20_000)
    await expect(chat.button("Undo")).to_have_count(0)
    assert (await app.http.get("/conversations/2")).status_code == 404
    await _choose(chat, "Talk 3", "Delete")
    await chat.reload()  # leaving deletes it

    async def is_gone() -> bool:
        return (await app.http.get("/conversations/3")).status_code == 404

    await until(is_gone)
    await expect(_rows(chat)).to_have_text(["Rivers"])


async def test_27_a_title_that_comes_by_itself_moves_no_focus(chat: ChatPage, app: Parley) -> None:
    await chat.open()
    await chat.send("Why does a river bend?")
    await chat.ended()
    await chat.composer.fill("And then")
    await chat.composer.press("ArrowLeft")
    renamed = await app.http.patch("/conversations/1", json={"title": "Rivers"})
    assert renamed.status_code == 200
    await expect(_row(chat, "Rivers")).to_be_visible()
    await expect(chat.page).to_have_title("Rivers · Parley")
    await expect(chat.composer).to_be_focused()
    assert await chat.composer.evaluate("field => field.selectionStart") == len("And the")
