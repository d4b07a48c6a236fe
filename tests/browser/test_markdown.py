"""What an answer looks like, whole and half-written, and what it cannot do."""

from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider

LANGUAGES = ("python", "js", "ts", "bash", "json", "sql", "css", "go", "rust", "java")
FENCES = "\n\n".join(f'```{language}\nreturn "{language}" // 42\n```' for language in LANGUAGES)
RICH = f"""# A title with *stress*

Some **bold words**, *leaning*, ~~gone~~, `code_in *line*`, a **[bold link](https://example.org/a)** and [by name][one].

- first
  - nested **deep**
    1. deeper *still*
- [ ] to do
- [x] done

| Name | Value **b** |
| --- | ---: |
| a | `1` |
| [b](https://example.org/x) | **2** |

Before the code, without a blank line:
```python
def f(x): return "*" * x  # `a` _b_
```
Inline \\(a_b + c^2\\) and $E = mc^2$, but $5 or $10 is a price. A broken one: $\\frac{{1$.

$$
\\sum_{{i=1}}^n i
= \\frac{{n(n+1)}}{{2}}
$$

A note[^1] and another[^b]. And [by name][one] again, `[^1]` in code.

{FENCES}

[one]: https://example.org/one
[^1]: The first **note**.
[^b]: The second.
"""
WATCH_FOR_SOURCE = """
window.flashed = []
new MutationObserver(() => {
  for (const prose of document.querySelectorAll('.prose')) {
    const seen = prose.cloneNode(true)
    for (const code of seen.querySelectorAll('code, math, figcaption')) code.remove()
    const raw = seen.textContent.match(/[*`|~]+|\\]\\(|\\]\\[|\\[|#|https?:|\\\\[([]|\\$[^51]/)
    if (raw) flashed.push(`${raw[0]} in ${seen.textContent.slice(-60)}`)
  }
}).observe(document, { subtree: true, childList: true, characterData: true })
"""
HOSTILE = """<script>window.ran = 1</script>

<img src=x onerror="window.ran = 2"> <svg onload="window.ran = 3"></svg> <iframe src="https://elsewhere.invalid/f"></iframe>

<style>body { display: none }</style>

[a](javascript:window.ran=4) [b](JaVaScRiPt:window.ran=5) [c](data:text/html,<script>window.ran=6</script>)
[d](vbscript:x) <javascript:window.ran=7> [e][x] [f](//elsewhere.invalid/y)

![picture](https://elsewhere.invalid/p.png) ![data](data:image/svg+xml,<svg/onload=window.ran=8>)

$\\href{javascript:window.ran=9}{x}$ $\\includegraphics{https://elsewhere.invalid/m.png}$ $\\style{color:red}{x}$

```html
<script>window.ran = 10</script>
```

[x]: javascript:window.ran=11

The end."""


async def test_18_a_message_is_copied_as_markdown_and_code_to_the_byte(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    code = "def f():\n\treturn  1  \n\n\n# ünï\n"
    text = f"Some **words**:\n\n```python\n{code}```\n\n| a |\n| - |\n| b |"
    provider.queue.append(Script(text=text))
    await chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await chat.open()
    await chat.send("Give me code")
    await chat.ended()
    copied = chat.page.get_by_role("status").filter(has_text="Copied")
    for name, expected in (("Copy code", code), ("Copy", text)):
        await chat.answers.get_by_role("button", name=name, exact=True).click()
        await expect(copied).to_have_count(1)
        await expect(chat.answers.get_by_role("button", name="Copied").first).to_be_visible()
        assert await chat.page.evaluate("navigator.clipboard.readText()") == expected
    await chat.questions.hover()
    await chat.questions.get_by_role("button", name="Copy", exact=True).click()
    await chat.until("navigator.clipboard.readText().then((text) => text === 'Give me code')")


async def test_19_markdown_is_all_there_and_never_shows_its_source_while_it_is_written(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(text=RICH, delay=0.005))
    await chat.page.add_init_script(WATCH_FOR_SOURCE)
    await chat.open()
    await chat.send("Show me everything")
    await chat.ended()
    answer = chat.answers.locator(".prose")
    assert await chat.page.evaluate("flashed") == []

    await expect(answer.locator("h1 em")).to_have_text("stress")
    await expect(answer.locator("ul ul > li > ol > li > em")).to_have_text("still")
    assert await answer.locator("li input[type=checkbox]").evaluate_all("all => all.map(b => b.checked)") == [
        False,
        True,
    ]
    await expect(answer.locator("table th")).to_have_text(["Name", "Value b"])
    await expect(answer.locator("table td").last).to_have_css("text-align", "right")
    for name in ("bold link", "by name"):
        links = answer.get_by_role("link", name=name)
        await expect(links.first).to_have_attribute(
            "href", f"https://example.org/{'a' if name == 'bold link' else 'one'}"
        )
        await expect(links.first).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(answer.get_by_role("link", name="by name")).to_have_count(2)

    await expect(answer.locator("math")).to_have_count(3)
    await expect(answer.locator("math[display=block] mfrac")).to_have_count(1)
    await expect(answer.get_by_text("but $5 or $10 is a price")).to_be_visible()

    assert await answer.locator("figcaption").all_inner_texts() == ["python", *LANGUAGES]
    for number in range(1, 1 + len(LANGUAGES)):
        await expect(answer.locator("figure").nth(number).locator("[class^=hljs-]").first).to_be_visible()

    await expect(answer.locator("ol.footnotes li")).to_have_text(["The first note.", "The second."])
    await answer.get_by_role("link", name="Footnote 2").click()
    await expect(answer.locator("ol.footnotes li").last).to_be_focused()
    await expect(answer.get_by_text("[^1]", exact=True)).to_have_count(1)  # in code


async def test_20_hostile_markdown_runs_nothing_and_loads_nothing(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    provider.queue.append(Script(text=HOSTILE, delay=0.01))
    await chat.open()
    await chat.send(HOSTILE)
    await chat.says("The end.")
    await chat.ended()
    await chat.reload()
    await chat.says("The end.")
    await expect(chat.answers.locator(".hljs-tag").first).to_be_visible()
    assert await chat.page.evaluate("window.ran") is None
    assert (
        await chat.messages.locator(
            ".prose :is(script, style, iframe, img, svg:not(button *), object, embed, form)"
        ).count()
        == 0
    )
    links = await chat.messages.locator(".prose a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert {urlsplit(link).scheme for link in links if link} <= {"https", ""}
    assert {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, asked)} == {app.url}
