"""The page as it looks in the course of a day, for tests of what must hold in each of its states."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.library import put
from tests.support.provider import Script, ScriptedProvider

RICH = """# Rivers

A river bends because **water** wears the outer bank, see [the survey](https://example.org/survey) and `flow()`.

| bank | speed |
| --- | --- |
| outer | high |

```python
# how fast
def flow(width: int) -> str:
    return f"{width * 2.5} m/s" if width else None
```

1. first
2. second
"""

Enter = Callable[[ChatPage, Parley, ScriptedProvider], Awaitable[None]]
"""Brings a page into a state, from whatever it is in."""


async def empty(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    await chat.open("/")


async def streaming(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(words=9, fault="stall", at=3))
    await chat.open("/")
    await chat.send("Hello")
    await chat.says("w0 w1 w2")


async def answered(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    """With headings, a table, a list, a link and coloured code."""
    provider.queue.append(Script(text=RICH))
    await chat.open("/")
    await chat.send("Why does a river bend?")
    await chat.ended()
    await expect(chat.answers.locator(".hljs-keyword").first).to_be_visible()


async def error(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    await chat.open("/")
    await chat.page.route("**/runs", lambda route: route.abort())
    await chat.send("Do not lose me")
    await expect(chat.page.get_by_role("alert")).to_contain_text("Not sent")
    await chat.page.unroute("**/runs")


async def menu(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    await chat.open("/")
    await chat.page.get_by_role("button", name="More for").first.click()
    await expect(chat.page.get_by_role("menu")).to_be_visible()


async def sources(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    """With the list of them unfolded, and the passage of one."""
    id = await put(app.container.database(), paged=True)
    conversation = (await app.http.post("/conversations", json={"documents": [id]})).json()["id"]
    provider.queue.append(Script(text="The Nile has a length of 6650 kilometres [2]. Whales sing to the moon [3]."))
    await chat.open(f"/c/{conversation}")
    await chat.send("How long is the Nile?")
    await chat.ended()
    await chat.answers.last.get_by_text("2 sources").click()
    await chat.answers.last.get_by_role("link", name="Source ").first.focus()
    await expect(chat.page.get_by_role("tooltip")).to_be_visible()


async def settings(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    await chat.open("/")
    await chat.button("Settings").click()
    await expect(chat.page.get_by_role("dialog", name="Settings").get_by_label("Theme")).to_be_visible()


async def shortcuts(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    await chat.open("/")
    await chat.button("Keyboard shortcuts").click()
    await expect(chat.page.get_by_role("checkbox", name="Shortcuts are on")).to_be_visible()


async def library(chat: ChatPage, app: Parley, provider: ScriptedProvider) -> None:
    """Where documents are uploaded to."""
    await chat.page.goto("/library")
    await expect(chat.page.get_by_role("heading", level=1)).to_be_visible()


STATES: dict[str, Enter] = {
    "empty": empty,
    "streaming": streaming,
    "answered": answered,
    "error": error,
    "menu": menu,
    "sources": sources,
    "settings": settings,
    "shortcuts": shortcuts,
    "library": library,
}
