"""What admins see and do."""

import pytest
from playwright.async_api import expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.people import ADMIN, ADMIN_KEY, PASSWORD, join, log_in
from tests.support.provider import Script, ScriptedProvider
from tests.support.secrets_kept import remember


@pytest.fixture
def with_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_AUTH", "required")
    monkeypatch.setenv("PARLEY_REGISTRATION", "open")
    monkeypatch.setenv("PARLEY_API_KEY", ADMIN_KEY)


async def test_admins_look_after_users_usage_limits_and_the_log(
    with_logins: None, chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    page = chat.page
    root = await join(app, "root")
    await app.http.patch(f"/admin/users/{root.id}", json={"is_admin": True}, headers=ADMIN)
    await app.http.post("/chat", json={"message": "Hello"}, headers=root.headers)
    chat.expects("Failed to load resource")
    await page.goto("/")
    await page.get_by_label("Name", exact=True).fill("root")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Administration").click()
    await expect(page.get_by_role("heading", name="Administration")).to_be_visible()
    await expect(page.get_by_text("The server answers and its database can be written.")).to_be_visible()
    in_flight = page.get_by_role("region", name="Runs in flight")
    await expect(in_flight).to_contain_text("No run is at work or waiting.")
    provider.queue.append(Script(words=9, fault="stall", at=3))
    asked = await app.http.post("/runs", json={"message": "Hello"}, headers=root.headers)
    await expect(in_flight.get_by_role("cell", name="running")).to_be_visible()
    await app.http.post(f"/runs/{asked.json()['id']}/cancel", headers=root.headers)
    for name in ("Tokens by day", "Tokens by model"):
        await expect(page.get_by_role("img", name=name)).to_be_visible()
    await page.get_by_text("As a table: Tokens by model").click()
    by_model = page.get_by_role("group", name="Tokens by model")
    await expect(by_model.get_by_role("cell", name="openai:scripted")).to_be_visible()

    users = page.get_by_role("region", name="Users")
    await expect(users.get_by_role("row")).to_have_count(2)
    await page.get_by_role("button", name="Invite somebody").click()
    shown = page.get_by_role("status").filter(has_text="good for one registration").locator("code")
    code = await shown.inner_text()
    joined = {"username": "ann", "password": PASSWORD, "invitation": code}
    assert (await app.http.post("/auth/register", json=joined)).status_code == 201
    await page.reload()

    row = users.get_by_role("row").filter(has_text="ann")
    await page.get_by_role("button", name="Disable: ann").click()
    await expect(row).to_contain_text("disabled")
    await page.get_by_role("button", name="Enable: ann").click()
    await expect(row).to_contain_text("enabled")
    await page.get_by_role("button", name="Make admin: ann").click()
    await expect(row).to_contain_text("enabled, admin")
    await page.get_by_role("button", name="Limits: ann").click()
    dialog = page.get_by_role("dialog", name="Limits of ann")
    await dialog.get_by_label("Requests a minute").fill("60")
    async with page.expect_response("**/limits") as answered:
        await dialog.get_by_role("button", name="Save").click()
    assert (await answered.value).status == 204
    await expect(dialog).to_be_hidden()
    ann = await log_in(app, 2, "ann")
    limits = (await app.http.get("/limits", headers=ann.headers)).json()["limits"]
    assert ("requests_per_minute", 60) in [(each["limit"], each["most"]) for each in limits]

    await page.get_by_label("Name of the key").fill("laptop")
    await page.get_by_role("button", name="Make a key").click()
    key = await page.get_by_role("status").filter(has_text="This key is shown once").locator("code").inner_text()
    remember(key)
    assert (await app.http.get("/me", headers={"x-api-key": key})).json()["kind"] == "key"
    await page.get_by_role("button", name="Revoke: laptop").click()
    await expect(page.get_by_role("region", name="My keys")).to_contain_text("revoked")
    assert (await app.http.get("/me", headers={"x-api-key": key})).status_code == 401

    await page.reload()
    log = page.get_by_role("region", name="Audit log")
    for action in ("invite", "register", "change a user", "give a user limits"):
        await expect(log.get_by_role("cell", name=action, exact=True).first).to_be_visible()
    await expect(page.get_by_role("region", name="Limits", exact=True)).to_contain_text("requests_per_minute")
