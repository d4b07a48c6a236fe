"""A conversation of which only a part is there."""

import asyncio

from playwright.async_api import Route, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.page_measures import stored_conversation

MESSAGES = 120
MOST_NODES = 500


async def test_7_and_11_it_opens_at_its_end_and_older_messages_move_nothing_that_is_in_view(
    chat: ChatPage, app: Parley
) -> None:
    held, arrived = asyncio.Event(), asyncio.Event()

    async def older(route: Route) -> None:
        arrived.set()
        await held.wait()
        await route.continue_()

    await chat.page.route("**/messages?*before=*", older)
    await chat.open(await stored_conversation(app, MESSAGES))
    await expect(chat.page.get_by_text(f"Number {MESSAGES - 1}.")).to_be_visible()
    await chat.at_end()
    assert await chat.messages.locator("*").count() <= MOST_NODES

    while not arrived.is_set():
        await chat.wheel(-1500)
    first = chat.page.get_by_text(f"Number {MESSAGES - 50}.")
    while not await first.count():
        await chat.wheel(-3000)
    await chat.wheel(-20_000)
    await chat.until("document.querySelector('.messages').scrollTop === 0")
    before = await first.bounding_box()
    held.set()
    await expect(chat.page.get_by_text(f"Number {MESSAGES - 51}.")).to_have_count(1)
    after = await first.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 2
    assert await chat.messages.locator("*").count() <= MOST_NODES
