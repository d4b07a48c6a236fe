"""Workflows: filled in, followed step by step, asked about, read."""

from playwright.async_api import expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.provider import Script, ScriptedProvider


async def test_a_workflow_is_filled_in_lights_up_step_by_step_asks_a_person_and_shows_what_came_of_it(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    page = chat.page
    provider.queue += [Script(words=400, delay=0.01), Script(text="It is **final**.")]
    await chat.open()
    await page.get_by_role("link", name="Workflows").click()
    await page.get_by_role("link", name="Announcement").click()
    graph = page.get_by_role("img", name="Steps")
    await expect(graph.locator("text")).to_have_text(["draft", "approval", "final"])
    await page.get_by_role("button", name="Run", exact=True).click()
    await expect(page.get_by_role("textbox", name="news")).to_be_focused()  # it is needed
    await page.get_by_role("textbox", name="news").fill("The office moves.")
    await page.get_by_role("textbox", name="audience").fill("the staff")
    await expect(page.get_by_role("textbox", name="tone")).to_have_value("friendly and matter-of-fact")
    await page.get_by_role("button", name="Run", exact=True).click()

    steps = page.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(graph.locator("[data-state=running]")).to_have_text("draft")
    await expect(steps.nth(2)).to_contain_text("not yet")
    await expect(graph.locator("[data-state=waiting]")).to_have_text("approval")
    await expect(steps.nth(0)).to_contain_text("done")
    await expect(page.locator(".approval")).to_contain_text("May it go out?")
    await page.reload()
    await page.get_by_label("Remark").fill("on Monday")
    await page.locator(".approval").get_by_role("button", name="Allow").press("Enter")

    outputs = page.get_by_role("region", name="What came of it")
    await expect(outputs.locator("strong")).to_have_text("final")
    await expect(graph.locator("[data-state=completed]")).to_have_count(3)
    await expect(page.locator(".approval")).to_have_count(0)
    assert "on Monday" in str(provider.calls[-1].body)
    assert (await app.http.get("/workflows/runs/1")).json()["run"]["status"] == "completed"
    await page.get_by_role("link", name="Run it again").click()
    await expect(page.get_by_role("textbox", name="news")).to_have_value("")
