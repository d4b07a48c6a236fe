"""A conversation of which only a part is there."""

import asyncio

from playwright.async_api import Route, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage

MESSAGES = 120
MOST_NODES = 500


async def _stored_conversation(app: Parley) -> str:
    """The address of one with so many messages, of different heights."""
    id = (await app.http.post("/v1/conversations", json={})).json()["id"]
    said = [
        {
            "type": "message",
            "role": "assistant" if n % 2 else "user",
            "content": f"Number {n}. " + "words " * (n % 7) * 30,
        }
        for n in range(MESSAGES)
    ]
    for start in range(0, MESSAGES, 20):
        stored = await app.http.post(f"/v1/conversations/{id}/items", json={"items": said[start : start + 20]})
        assert stored.status_code == 200, stored.text
    return f"/c/{(await app.http.get('/conversations')).json()[0]['id']}"


async def test_7_and_11_it_opens_at_its_end_and_older_messages_move_nothing_that_is_in_view(
    chat: ChatPage, app: Parley
) -> None:
    held, arrived = asyncio.Event(), asyncio.Event()

    async def older(route: Route) -> None:
        arrived.set()
        await held.wait()
        await route.continue_()

    await chat.page.route("**/messages?*before=*", older)
    await chat.open(await _stored_conversation(app))
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
