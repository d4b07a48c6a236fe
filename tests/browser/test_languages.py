"""What the page says in which language, and how it looks before anything was said."""

import asyncio
import json

from playwright.async_api import Browser, expect

from tests.support.app import Parley
from tests.support.browser import ROOT
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider

WEB = ROOT / "entrypoints" / "web"
LITERALS = """
const fs = require('node:fs'), path = require('node:path'), ts = require('typescript')
const SPOKEN = /^(aria-.*label|aria-description|alt|title|placeholder|label)$/
const found = []
for (const name of fs.readdirSync('src', { recursive: true }).filter((each) => each.endsWith('.tsx'))) {
  const written = fs.readFileSync(path.join('src', name), 'utf8')
  const source = ts.createSourceFile(name, written, ts.ScriptTarget.Latest, true)
  const note = (node) => found.push(`${name}: ${node.getText().trim()}`)
  const words = (text) => /\\p{L}{2}/u.test(text)
  const isText = (node) => (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) && words(node.text)
  const spoken = (node) => {
    if (isText(node)) note(node)
    else if (ts.isTemplateExpression(node) && words(node.getText().replaceAll(/\\$\\{[^}]*\\}/g, ' '))) note(node)
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(spoken)
    else if (ts.isBinaryExpression(node)) spoken(node.right)
    else if (ts.isJsxExpression(node) && node.expression) spoken(node.expression)
  }
  const visit = (node) => {
    if (ts.isJsxText(node) && words(node.text)) note(node)
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) spoken(node)
    if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText()) && node.initializer) spoken(node.initializer)
    ts.forEachChild(node, visit)
  }
  visit(source)
}
console.log(JSON.stringify(found))
"""
FIRST_FRAME = """
requestAnimationFrame(() => {
  const html = document.documentElement
  window.first = [html.dataset.theme, getComputedStyle(html).backgroundColor]
})
"""
PAPER = {"light": "rgb(251, 250, 248)", "dark": "rgb(25, 24, 23)"}


async def test_35_every_string_comes_from_a_catalogue(built: None) -> None:
    looking = await asyncio.create_subprocess_exec("node", "-e", LITERALS, cwd=WEB, stdout=asyncio.subprocess.PIPE)
    said, _ = await looking.communicate()
    assert json.loads(said) == []


async def test_35_the_second_language_works_and_dates_are_written_as_it_writes_them(
    browser: Browser, app: Parley, provider: ScriptedProvider
) -> None:
    context = await browser.new_context(base_url=app.url, locale="de-DE")
    context.set_default_timeout(90_000)
    chat = await ChatPage.in_context(context)
    page = chat.page
    limit = {"scope": "user", "limit": "tokens_per_day", "most": 2000, "left": 1234, "resets_in_seconds": 60}
    await page.route("**/limits", lambda route: route.fulfill(json={"currency": "EUR", "limits": [limit]}))
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Was beschäftigt dich?")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    field = page.get_by_role("textbox", name="Nachricht", exact=True)
    await field.fill("Warum?")
    await field.press("Enter")
    await expect(page.locator("div[role=status]")).to_have_text("Antwort vollständig")
    await page.get_by_role("button", name="Einstellungen").click()
    await expect(page.get_by_text("noch 1.234 von 2.000")).to_be_visible()
    await page.get_by_label("Sprache").select_option("en")
    await expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    await expect(page.get_by_text("1,234 of 2,000 left")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await expect(chat.composer).to_be_visible()
    assert await chat.complaints() == []
    await context.close()


async def test_34_themes_are_there_before_the_first_frame_and_motion_is_left_out_where_it_is_unwanted(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    page = chat.page
    await page.add_init_script(FIRST_FRAME)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await chat.open()
        assert await page.evaluate("first[1]") == PAPER[scheme]
    await chat.button("Settings").click()
    await page.get_by_label("Theme").select_option("light")
    await expect(page.locator("html")).to_have_css("background-color", PAPER["light"])
    await chat.reload()
    assert await page.evaluate("first") == ["light", PAPER["light"]]  # not dark first

    provider.queue.append(Script(words=9, fault="stall", at=0))
    await chat.send("Hello")
    waiting = page.get_by_role("img", name="Thinking")
    await expect(waiting).to_have_css("animation-duration", "1.4s")
    await page.emulate_media(reduced_motion="reduce")
    await expect(waiting).to_have_css("animation-iteration-count", "1")
    await chat.until("document.getAnimations().every((each) => each.playState !== 'running')")
    await chat.stop_button.click()
    await chat.ended("cancelled")
