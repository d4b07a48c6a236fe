"""What an answer that streams costs the page, and what it leaves alone. Times are the bench's: tests/bench/web.py."""

from typing import Any

from playwright.async_api import expect

from tests.support.chat_page import ChatPage
from tests.support.page_measures import NOTE_SHIFTS, NOTE_STREAM, NOTE_TIMERS
from tests.support.provider import Script, ScriptedProvider

PARAGRAPHS = "\n\n".join(f"Paragraph {number} has *some* words, and `code` too." for number in range(60))
CODE = "```python\n" + "\n".join(f"value_{number} = {number}  # a line" for number in range(800)) + "\n```"
MARK_THE_SETTLED = """
window.settled = []
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const block = target.parentElement?.closest('.prose > *, .code-part')
    if (block?.wasSettled) settled.push(block.textContent.slice(0, 80))
  }
  for (const block of document.querySelectorAll('.prose > *, .code-part'))
    if (block.nextElementSibling?.nextElementSibling) block.wasSettled = true
}).observe(document, { subtree: true, childList: true, characterData: true })
"""
"""Notes every change inside of a block or a part of code that two others follow."""


async def test_5_and_6_the_first_word_comes_with_the_next_frame_and_settled_blocks_are_never_touched_again(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(text=f"{PARAGRAPHS}\n\n{CODE.replace('python', '')}\n\nThe end.", delay=0.0005))
    for script in (NOTE_STREAM, MARK_THE_SETTLED):
        await chat.page.add_init_script(script)
    await chat.open()
    await chat.send("Tell me")
    await chat.says("The end.")
    await chat.ended()
    streamed: dict[str, float] = await chat.page.evaluate("streamed")
    assert 1 <= streamed["frames"] <= 3
    assert streamed["painted"] - streamed["arrived"] < 5_000

    assert await chat.page.evaluate("settled") == []
    parts = await chat.answers.locator(".code-part").evaluate_all(
        "parts => parts.filter((part) => part.wasSettled).length"
    )
    assert parts >= 10  # of 64 lines each: row 8
    provider.queue.append(Script(text=CODE))
    await chat.send("And in colours")
    await expect(chat.answers.last.locator(".code-part").last.locator(".hljs-comment").last).to_be_visible()
    source = await chat.answers.last.locator("pre").text_content()
    assert source == CODE[len("```python\n") : -len("```")]


async def test_10_and_11_the_end_of_an_answer_moves_nobody_who_reads_above_and_nothing_shifts(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(text=PARAGRAPHS, delay=0.002, ending=1.5))
    await chat.page.add_init_script(NOTE_SHIFTS)
    await chat.open()
    await chat.send("Tell me")
    await chat.says("Paragraph 59")
    await chat.at_end()
    assert await chat.page.evaluate("shifted") < 0.05
    await chat.wheel(-400)
    await expect(chat.button("Jump to latest")).to_be_visible()
    seen = chat.page.get_by_text("Paragraph 45 has")
    await chat.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = await seen.bounding_box()
    await chat.ended()
    await expect(chat.answers.get_by_role("button", name="Copy", exact=True)).to_have_count(1)
    assert await seen.bounding_box() == before

    await chat.button("Jump to latest").click()
    await chat.at_end()
    await expect(chat.answers.get_by_role("button", name="Copy", exact=True)).to_be_in_viewport()


async def test_26_thoughts_are_folded_away_with_how_long_they_took(chat: ChatPage, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(reasoning=5, words=3))
    await chat.open()
    await chat.send("Think")
    await chat.ended()
    thought = chat.answers.locator("details")
    await expect(thought).not_to_have_attribute("open", "")
    await expect(thought.locator("summary")).to_contain_text("Thought for ")
    await expect(chat.page.get_by_text("r0 r1")).to_have_count(0)
    assert await thought.evaluate("element => element.closest('[aria-live]').ariaLive") == "off"

    await thought.locator("summary").focus()
    await chat.page.keyboard.press("Enter")
    await expect(thought).to_contain_text("r0 r1 r2 r3 r4")
    await chat.reload()
    await expect(thought.locator("summary")).to_contain_text("Thought for ")
    await expect(thought).not_to_have_attribute("open", "")


async def test_34_arabic_is_laid_out_from_the_right_and_code_from_the_left(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    arabic = "مرحبا بالعالم `x = 1` هنا\n\n- عنصر أول\n- عنصر ثان\n\nEnglish again.\n\n"
    arabic += "```python\nprint('مرحبا')\n```\n\n$a^2$ ثم"
    provider.queue.append(Script(text=arabic))
    await chat.open()
    await chat.composer.fill("ما هذا؟")
    assert await chat.composer.evaluate("field => getComputedStyle(field).direction") == "rtl"
    await chat.composer.press("Enter")
    await chat.ended()
    directions: dict[str, Any] = await chat.answers.locator(".prose").evaluate(
        """prose => Object.fromEntries(['p', 'p:nth-of-type(2)', 'ul', 'p code', 'figure.code', 'pre code', '.formula']
            .map((name) => [name, getComputedStyle(prose.querySelector(name)).direction]))"""
    )
    assert directions == {
        "p": "rtl", "p:nth-of-type(2)": "ltr", "ul": "rtl", "p code": "ltr", "figure.code": "ltr", "pre code": "ltr",
        ".formula": "ltr",
    }  # fmt: skip
    assert await chat.questions.locator(".bubble").evaluate("p => getComputedStyle(p).direction") == "rtl"
    first, mark = chat.answers.locator("p").first, chat.answers.locator("li").first
    ends = await first.evaluate(
        """p => { const range = document.createRange(); range.selectNodeContents(p)
            return p.getBoundingClientRect().right - range.getBoundingClientRect().right }"""
    )
    assert abs(ends) < 2
    await expect(mark).to_have_css("direction", "rtl")


async def test_39_answer_after_answer_leaves_no_listeners_timers_or_rows_behind(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    await chat.page.add_init_script(NOTE_TIMERS)
    provider.default = Script(text="Some **words**.\n\n" * 8)
    await chat.open()
    measuring = await chat.page.context.new_cdp_session(chat.page)
    await measuring.send("Performance.enable")

    async def after(answers: int) -> dict[str, float]:
        for number in range(answers):
            await chat.send(f"Question {number}.")
            await expect(chat.questions.last).to_contain_text(f"Question {number}.")
            await chat.ended()
        await measuring.send("HeapProfiler.collectGarbage")
        metrics = (await measuring.send("Performance.getMetrics"))["metrics"]
        found = {metric["name"]: metric["value"] for metric in metrics}
        return {**found, "timers": await chat.page.evaluate("timers")}

    first = await after(6)
    then = await after(12)
    assert then["JSEventListeners"] <= first["JSEventListeners"] + 20
    assert then["timers"] <= first["timers"] + 3
    assert then["Nodes"] <= first["Nodes"] * 1.5 + 300
    assert then["JSHeapUsedSize"] <= first["JSHeapUsedSize"] + 3_000_000
