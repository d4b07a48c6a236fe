"""What a first visit costs, and what the page is allowed to do."""

import re
from urllib.parse import urlsplit

from playwright.async_api import Request, expect

from tests.support.app import Parley
from tests.support.browser import BUILT
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider

MOST_BYTES = 180 * 1024
CODE = "Look:\n\n```python\nprint('hello')\n```\n\nand <script>alert(1)</script> **that**."


async def test_1_the_first_page_is_small_comes_from_here_alone_and_can_be_written_in(
    chat: ChatPage, app: Parley
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    chat.page.on("request", note)
    await chat.open()
    await expect(chat.composer).to_be_focused()
    await chat.page.wait_for_load_state("networkidle")

    assert {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, asked)} == {app.url}
    loaded = [BUILT / urlsplit(url).path[1:] for url in asked if re.search(r"\.(js|css)$", urlsplit(url).path)]
    assert {file.suffix for file in loaded} == {".js", ".css"}
    assert sum(file.with_name(f"{file.name}.gz").stat().st_size for file in loaded) <= MOST_BYTES


async def test_2_nothing_inline_runs_and_the_console_stays_empty(chat: ChatPage, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(text=CODE))
    await chat.open()
    await chat.send("Show me code")
    await chat.ended()
    await expect(chat.answers.locator(".hljs-string")).to_have_text("'hello'")
    await chat.says("<script>alert(1)</script>")
    await expect(chat.answers.locator("script")).to_have_count(0)
    assert await chat.complaints() == []

    answer = await chat.page.request.get("/", headers={"accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    chat.expects("Content Security Policy", "script-src", "TrustedScript")
    await chat.page.evaluate(
        "document.body.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    assert "refused by the policy: style-src-elem" in await chat.complaints()
    await chat.page.evaluate("window.violations = []")
