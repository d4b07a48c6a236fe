"""Other answers and other questions."""

from playwright.async_api import expect

from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider


async def test_16_and_17_edits_and_new_answers_are_branches_that_one_goes_between(
    chat: ChatPage, provider: ScriptedProvider
) -> None:
    provider.queue.extend(Script(text=f"Answer {number}.") for number in (1, 2, 3))
    await chat.open()
    await chat.send("One?")
    await chat.says("Answer 1.")
    await chat.ended()

    await chat.button("Answer again").click()
    await chat.says("Answer 2.")
    await chat.ended()
    await expect(chat.answers).to_have_count(1)
    await expect(chat.answers).to_contain_text("2 / 2")

    await chat.questions.hover()
    await chat.button("Edit").click()
    await chat.page.get_by_role("textbox", name="Edit your message").fill("Two?")
    await chat.button("Send").first.click()
    await chat.says("Answer 3.")
    await chat.ended()
    await expect(chat.questions).to_contain_text("2 / 2")

    await chat.button("Previous version").click()
    await expect(chat.questions).to_contain_text("One?")
    await chat.says("Answer 2.")
    await chat.reload()
    await chat.says("Answer 2.")
    await chat.answers.get_by_role("button", name="Previous version").press("Enter")
    await chat.says("Answer 1.")
