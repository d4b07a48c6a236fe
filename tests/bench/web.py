"""What the chat page costs in a browser: load, frames while an answer streams, keys, heap.

    python -m tests.bench.web [--answers 200] [--only load,stream,long,answers]

Headless Chromium (software rendering) against the real server in a process of its own on SQLite, over a scripted
provider in this one; all share the cores of this machine, so its load stands in the first line. `4x` slows the page's
CPU down as DevTools does. The bars are targets; a miss is marked and is no error.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from playwright.async_api import Browser, CDPSession, Request, async_playwright, expect

from tests.support import browser as chromium
from tests.support.chat_page import ChatPage
from tests.support.page_measures import (
    NOTE_FRAMES,
    NOTE_KEYS,
    NOTE_QUESTION,
    NOTE_READY,
    NOTE_STREAM,
    stored_messages,
)
from tests.support.process import served
from tests.support.provider import Script, ScriptedProvider

MANY = 1_000
WORDS = [f"word{n}" + (".\n\n" if n % 60 == 59 else "") for n in range(5_000)]
STREAM = Script(text=" ".join(WORDS[:1_500]), delay=0.004)
PROSE = " ".join(WORDS)
CODE = "```python\n" + "\n".join(f"value_{n} = call({n}, 'text')  # line {n}" for n in range(2_000)) + "\n```"
KEYS = "How quick is a key?"
DEADLINE_MS = 90_000


class Table:
    def row(self, what: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> None:
        bar = f"<= {most:g}" if most is not None else f">= {least:g}" if least is not None else ""
        missed = (most is not None and value > most) or (least is not None and value < least)
        print(f"| {what:62} | {value:8.1f} {unit:3} | {bar:8} | {'MISSED' if missed else ''} |", flush=True)


class Bench:
    def __init__(self, browser: Browser, url: str, provider: ScriptedProvider, table: Table) -> None:
        self.browser, self.url, self.provider, self.table = browser, url, provider, table

    @asynccontextmanager
    async def page(self, slow: int = 1) -> AsyncIterator[tuple[ChatPage, CDPSession]]:
        context = await self.browser.new_context(base_url=self.url, locale="en-GB")
        context.set_default_timeout(DEADLINE_MS)
        for script in (NOTE_FRAMES, NOTE_KEYS, NOTE_READY, NOTE_STREAM, NOTE_QUESTION):
            await context.add_init_script(script)
        chat = await ChatPage.in_context(context)
        measuring = await context.new_cdp_session(chat.page)
        await measuring.send("Performance.enable")
        await measuring.send("Emulation.setCPUThrottlingRate", {"rate": slow})
        yield chat, measuring
        await context.close()

    async def load(self) -> None:
        for slow, most in ((1, 1_500), (4, 4_000)):
            readies = []
            for _ in range(3):
                async with self.page(slow) as (chat, _):
                    asked: list[str] = []
                    chat.page.on("request", lambda request, asked=asked: asked.append(_file(request)))
                    await chat.open()
                    await chat.until("ready > 0")
                    readies.append(await chat.page.evaluate("ready"))
                    await chat.page.wait_for_load_state("networkidle")
                    files = {chromium.BUILT / f"{file}.gz" for file in asked if file.endswith((".js", ".css"))}
            if slow == 1:
                self.table.row("first load, scripts and styles, gzip", _kib(files), "KiB", most=180)
            self.table.row(
                f"first load to a composer with the focus, {slow}x", statistics.median(readies), "ms", most=most
            )

    async def stream(self) -> None:
        for slow, fps in ((1, 55), (4, 40)):
            async with self.page(slow) as (chat, _):
                await chat.open()
                await self.streams(chat, f"empty thread, {slow}x", STREAM, fps, tight=slow == 1)
        path = await _stored(self.url)
        async with self.page() as (chat, measuring):
            await chat.page.goto(path)
            await expect(chat.page.get_by_text(f"Number {MANY - 1}.")).to_be_visible()
            shown: float = await chat.page.evaluate("performance.now()")
            self.table.row(f"{MANY} messages: open at the end", shown, "ms", most=1_500)
            await chat.page.goto(f"{path}#m{(await _first(self.url, path))}")  # so that all of them are loaded
            await expect(chat.page.get_by_text("Number 0.")).to_be_in_viewport()
            await chat.button("Jump to latest").click()
            await chat.at_end()
            await self.streams(chat, f"{MANY} messages, all loaded", STREAM, 55, tight=True)
            self.table.row(
                f"{MANY} messages: elements of the list", await chat.messages.locator("*").count(), "", most=500
            )
            self.table.row(f"{MANY} messages: heap", await _heap(measuring), "MB", most=60)

    async def long(self) -> None:
        for what, text in (
            ("5,000 words", PROSE),
            ("one paragraph of 5,000 words", PROSE.replace("\n\n", "")),
            ("2,000 lines of code", CODE),
        ):
            async with self.page(4) as (chat, _):
                await chat.open()
                await self.streams(chat, f"{what}, 4x", Script(text=text, delay=0.002), 30, tight=False)

    async def answers(self, count: int) -> None:
        async with self.page() as (chat, measuring):
            self.provider.default = Script(text="Some **words** of an answer, and `code`.\n\n" * 10)
            await chat.open()
            before: dict[str, float] = {}
            for number in range(count + 10):
                await chat.send(f"Question {number}.")
                await expect(chat.questions.last).to_contain_text(f"Question {number}.")
                await chat.ended()
                if number == 9:
                    before = await _counts(measuring)
            after = await _counts(measuring)
            self.table.row(f"{count} answers in one tab: heap more", after["heap"] - before["heap"], "MB", most=20)
            more = after["JSEventListeners"] - before["JSEventListeners"]
            self.table.row(f"{count} answers in one tab: listeners more", more, "", most=20)

    async def streams(self, chat: ChatPage, what: str, script: Script, fps: float, *, tight: bool) -> None:
        """Ask, write while the answer streams, and say how it went."""
        self.provider.queue.append(script)
        await chat.page.evaluate("Object.assign(streamed, { arrived: 0, painted: 0, frames: 0 })")
        await chat.send("Tell me")
        await chat.until("streamed.arrived > 0")
        await chat.page.evaluate("frames_.stamps.length = frames_.tasks.length = keys.length = 0")
        await chat.composer.press_sequentially(KEYS, delay=100)
        keys: list[float] = await chat.page.evaluate("keys")
        await chat.ended()
        seen: dict[str, list[float]] = await chat.page.evaluate("frames_")
        frames = [later - earlier for earlier, later in zip(seen["stamps"], seen["stamps"][1:], strict=False)]
        words = len((script.text or "").split()) / (sum(frames) / 1_000)
        print(f"| {what}: {words:.0f} words/s, question shown after "
              f"{await chat.page.evaluate('asked.shown - asked.pressed'):.0f} ms, first word painted "
              f"{await chat.page.evaluate('streamed.painted - streamed.arrived'):.0f} ms after it came")  # fmt: skip
        row = self.table.row
        row(f"{what}: frames", 1_000 * len(frames) / sum(frames), "/s", least=fps)
        row(f"{what}: 95th frame", statistics.quantiles(frames, n=20)[-1], "ms", most=20 if tight else None)
        row(f"{what}: longest task", max(seen["tasks"], default=0), "ms", most=100 if tight else None)
        row(f"{what}: median key", statistics.median(keys), "ms", most=30 if tight else None)


def _file(request: Request) -> str:
    return urlsplit(request.url).path[1:]


def _kib(files: set[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1_024


async def _counts(measuring: CDPSession) -> dict[str, float]:
    await measuring.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in (await measuring.send("Performance.getMetrics"))["metrics"]}
    return {**found, "heap": found["JSHeapUsedSize"] / 1e6}


async def _heap(measuring: CDPSession) -> float:
    return (await _counts(measuring))["heap"]


async def _stored(url: str) -> str:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        return await stored_messages(http, MANY)


async def _first(url: str, path: str) -> int:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        before, first = {}, 0
        while messages := (
            await http.get(f"/conversations{path[2:]}/messages", params={"limit": 100, **before})
        ).json()["messages"]:
            first = messages[0]["id"]
            before = {"before": first}
        return first


async def main(answers: int, only: set[str], database: str) -> None:
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    chromium.build()
    expect.set_options(timeout=DEADLINE_MS)
    async with ScriptedProvider() as provider, async_playwright() as playwright:
        environment = {"DATABASE_URL": database, "OPENAI_BASE_URL": provider.url, "PARLEY_MODEL": "openai:scripted"}
        browser = await playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.LAUNCH)
        async with served(**environment) as server:
            bench = Bench(browser, server.url, provider, Table())
            if "load" in only:
                await bench.load()
            if "stream" in only:
                await bench.stream()
            if "long" in only:
                await bench.long()
            if "answers" in only:
                await bench.answers(answers)
        await browser.close()
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    with tempfile.TemporaryDirectory() as folder:
        parser.add_argument("--answers", type=int, default=200)
        parser.add_argument("--only", default="load,stream,long,answers")
        parser.add_argument("--database", default=f"sqlite:///{folder}/bench.db")
        given = parser.parse_args()
        asyncio.run(main(given.answers, set(given.only.split(",")), given.database))
