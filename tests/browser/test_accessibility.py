"""What the page is to people who do not see it, point at it, or read it at its usual size."""

import json
from typing import Any

from playwright.async_api import expect

from tests.support.app import Parley
from tests.support.browser import ROOT
from tests.support.chat_page import ChatPage
from tests.support.page_states import STATES, answered
from tests.support.provider import Script, ScriptedProvider

AXE = ROOT / "entrypoints" / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """
axe.run(document, {
  runOnly: {type: 'tag', values: %s},
  rules: {'target-size': {enabled: true}},
  resultTypes: ['violations'],
}).then(({violations, passes}) => JSON.stringify({
  passes: passes.length,
  violations: violations.flatMap(({id, nodes}) =>
    nodes.map(({target, any}) => `${id}: ${target} ${any[0]?.message ?? ''}`)),
}))
"""
TARGETS = """
() => [...document.querySelectorAll('button, a, input, select, summary, textarea, [role=menuitem]')]
  .filter((each) => each.checkVisibility({opacityProperty: false}) && !each.closest('.prose p, .prose li, [inert]'))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)
"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIDEWAYS = "() => Math.max(document.scrollingElement.scrollWidth, document.body.scrollWidth) - innerWidth"
RING = """
() => {
  const {outlineStyle, boxShadow} = getComputedStyle(document.activeElement)
  return document.activeElement.matches(':focus-visible') && (outlineStyle !== 'none' || boxShadow !== 'none')
}
"""
IN_SIGHT = """
() => {
  const box = document.activeElement.getBoundingClientRect()
  const x = box.left + Math.min(box.width / 2, 40), y = box.top + Math.min(box.height / 2, 12)
  const top = document.elementFromPoint(x, y)
  return Boolean(top && (document.activeElement.contains(top) || top.contains(document.activeElement)))
}
"""


async def _violations(chat: ChatPage) -> list[str]:
    """What axe finds; it is put in by the debugger's protocol, which the policy of the page does not reach."""
    session = await chat.page.context.new_cdp_session(chat.page)
    await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    asked: dict[str, Any] = {"expression": CHECK % TAGS, "awaitPromise": True, "returnByValue": True}
    answer = await session.send("Runtime.evaluate", asked)
    await session.detach()
    assert "exceptionDetails" not in answer, answer
    found = json.loads(answer["result"]["value"])
    assert found["passes"] > 5
    violations: list[str] = found["violations"]
    return violations


async def test_29_and_32_and_33_no_state_breaks_a_rule_in_light_or_dark_small_or_large(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    chat.expects("Failed to load resource")
    wrong: dict[str, list[str]] = {}
    for name, enter in STATES.items():
        await chat.page.set_viewport_size({"width": 1280, "height": 800})
        await enter(chat, app, provider)
        for scheme in ("light", "dark"):
            await chat.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await chat.page.evaluate(TWO_FRAMES)
            wrong[f"{name}, {scheme}"] = await _violations(chat)
        wrong[f"{name}, targets"] = await chat.page.evaluate(TARGETS)
        for height in (700, 200):  # a phone, and 1280 x 800 at 400 %
            await chat.page.set_viewport_size({"width": 320, "height": height})
            await chat.page.evaluate(TWO_FRAMES)
            if await chat.page.evaluate(SIDEWAYS) > 0:
                wrong[f"{name}, {height} px high"] = ["scrolls sideways"]
        await chat.page.set_viewport_size({"width": 320, "height": 700})
        wrong[f"{name}, 320 px"] = await _violations(chat)
    assert [f"{state}: {each}" for state, found in wrong.items() for each in found] == []


async def test_30_and_31_it_is_heard_as_it_is_seen_and_focus_is_never_lost(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    await answered(chat, app, provider)
    status = chat.page.locator("div[role=status]")
    await expect(chat.messages).to_have_attribute("aria-live", "off")
    await expect(status).to_have_text("Answer complete")
    await expect(chat.questions.get_by_role("heading", name="You", level=2)).to_have_count(1)
    await expect(chat.answers.get_by_role("heading", name="Answer", level=2)).to_have_count(1)
    await expect(chat.composer).to_be_focused()

    provider.queue.append(Script(words=9, fault="stall", at=3))
    await chat.composer.fill("And then?")
    await chat.page.keyboard.press("Enter")
    await expect(status).to_have_text("Answering")
    await chat.says("w0 w1 w2")
    await expect(chat.composer).to_be_focused()
    await expect(chat.answers.last).to_have_attribute("aria-busy", "true")
    await chat.stop_button.press("Enter")
    await chat.ended("cancelled")
    await expect(status).to_have_text("Stopped")
    await expect(chat.composer).to_be_focused()

    settings = chat.button("Settings")
    await settings.press("Enter")
    dialog = chat.page.get_by_role("dialog", name="Settings")
    await expect(dialog.get_by_label("Theme")).to_be_visible()
    for _ in range(12):
        await chat.page.keyboard.press("Tab")
        outside = "() => document.activeElement !== document.body && !document.activeElement.closest('dialog')"
        assert not await chat.page.evaluate(outside)
    await chat.page.keyboard.press("Escape")
    await expect(settings).to_be_focused()

    await chat.page.set_viewport_size({"width": 900, "height": 420})
    await chat.composer.focus()
    for _ in range(14):  # back through what was said, under the composer and above it
        await chat.page.keyboard.press("Shift+Tab")
        assert await chat.page.evaluate(RING), await chat.page.evaluate("document.activeElement.outerHTML")
        assert await chat.page.evaluate(IN_SIGHT), await chat.page.evaluate("document.activeElement.outerHTML")

    await chat.page.set_viewport_size({"width": 375, "height": 320})  # with a keyboard on the screen
    await expect(chat.composer).to_be_in_viewport(ratio=0.9)
