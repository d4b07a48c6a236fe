"""The chat page, as a person uses it."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.support.app import until

NOTE_VIOLATIONS = """
window.violations = []
addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective))
"""


@dataclass
class ChatPage:
    page: Page
    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    @classmethod
    async def in_context(cls, context: BrowserContext) -> "ChatPage":
        page = await context.new_page()
        await page.add_init_script(NOTE_VIOLATIONS)
        chat = cls(page)
        page.on("console", chat._hear)
        page.on("pageerror", lambda error: chat.said.append(str(error)))
        return chat

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def expects(self, *complaints: str) -> None:
        """The console may say what has these words."""
        self.expected += complaints

    async def complaints(self) -> list[str]:
        """What the console said that was not expected, and what the content security policy refused."""
        try:
            refused: list[str] = await self.page.evaluate("window.violations ?? []")
        except Error:  # the page was never opened, or is gone
            refused = []
        said = [text for text in self.said if not any(words in text for words in self.expected)]
        return [*said, *(f"refused by the policy: {directive}" for directive in refused)]

    # --- what is there ------------------------------------------------------------------------------------------------

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def stop_button(self) -> Locator:
        return self.page.get_by_role("button", name="Stop")

    @property
    def questions(self) -> Locator:
        return self.page.get_by_role("article", name="You")

    @property
    def answers(self) -> Locator:
        return self.page.get_by_role("article", name="Answer")

    @property
    def messages(self) -> Locator:
        """The part that scrolls."""
        return self.page.get_by_role("log")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # --- what a person does -------------------------------------------------------------------------------------------

    async def open(self, path: str = "/") -> None:
        """Go there, and wait until one can write."""
        await self.page.goto(path)
        await self.composer.wait_for()

    async def reload(self) -> None:
        await self.page.reload()
        await self.composer.wait_for()

    async def send(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def wheel(self, pixels: int) -> None:
        """Over the messages: down, or up when negative."""
        await self.messages.hover()
        await self.page.mouse.wheel(0, pixels)

    # --- what one waits for -------------------------------------------------------------------------------------------

    async def says(self, text: str) -> None:
        """The last answer has these words."""
        await expect(self.answers.last).to_contain_text(text)

    async def ended(self, status: str = "completed") -> None:
        """The last answer has come to this end."""
        await expect(self.answers.last).to_have_attribute("data-status", status)
        await expect(self.stop_button).to_be_hidden()

    async def distance_to_end(self) -> float:
        """In pixels, of what is in view from the end of the messages."""
        distance: float = await self.messages.evaluate("list => list.scrollHeight - list.scrollTop - list.clientHeight")
        return distance

    async def until(self, script: str, argument: Any = None) -> None:
        """Wait until the page says that this is so."""

        async def is_so() -> bool:
            return bool(
                await self.page.evaluate(script, argument)
            )  # wait_for_function evaluates, which the policy forbids

        await until(is_so, seconds=60)

    async def at_end(self) -> None:
        async def is_there() -> bool:
            return await self.distance_to_end() <= 4

        await until(is_there, seconds=60)
