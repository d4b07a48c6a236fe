"""Where one has to sign in: the way in, back to where one was, and one's account."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.support.app import Parley
from tests.support.chat_page import ChatPage
from tests.support.people import PASSWORD, guarded
from tests.support.provider import Script, ScriptedProvider

NEW_PASSWORD = "four dogs in a boat"
REFUSED = "Failed to load resource"


@pytest_asyncio.fixture(loop_scope="session")
async def app(built: None, storage_url: str, provider: ScriptedProvider) -> AsyncIterator[Parley]:
    """One that wants logins; the provider of the single sign-on is never asked."""
    models = {"openai_base_url": provider.url, "model": "openai:scripted", "provider_attempts": 1}
    sign_on = {
        "oidc_issuer": "http://127.0.0.1:9",
        "oidc_client_id": "parley",
        "oidc_label": "Work account",
        "public_url": "http://127.0.0.1",
    }
    async with guarded(database_url=storage_url, **models, **sign_on) as running:
        yield running


def _field(chat: ChatPage, name: str) -> Locator:
    return chat.page.get_by_label(name, exact=True)


async def _sign_in(chat: ChatPage, password: str, button: str = "Sign in") -> None:
    await _field(chat, "Name").fill("ann")
    await _field(chat, "Password").fill(password)
    await chat.button(button).click()


async def _signed_in_elsewhere(app: Parley) -> dict[str, str]:
    tokens = await app.http.post("/auth/login", data={"username": "ann", "password": PASSWORD})
    return {"authorization": f"Bearer {tokens.json()['access_token']}"}


async def test_36_a_session_that_ends_in_mid_stream_asks_for_a_sign_in_and_goes_on_where_it_was(
    chat: ChatPage, app: Parley, provider: ScriptedProvider
) -> None:
    chat.expects(REFUSED)
    provider.queue.append(Script(words=9, fault="stall", at=3))
    await chat.page.goto("/")
    await expect(chat.page.get_by_text("Nobody is registered yet.")).to_be_visible()
    await _sign_in(chat, PASSWORD, "Register")
    await chat.send("Hello")
    await chat.says("w0 w1 w2")
    await chat.composer.fill("a draft")
    where = chat.page.url

    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = await app.http.post("/me/password", json=change, headers=await _signed_in_elsewhere(app))
    assert changed.status_code == 204, changed.text
    again = chat.page.get_by_role("dialog", name="Sign in again")
    await expect(again).to_be_visible()
    await expect(_field(chat, "Name")).to_be_focused()
    await chat.page.keyboard.press("Escape")
    await expect(again).to_be_visible()
    await _sign_in(chat, PASSWORD)
    await expect(again.get_by_role("alert")).to_be_visible()
    await _sign_in(chat, NEW_PASSWORD)
    await expect(again).to_be_hidden()

    assert chat.page.url == where
    await expect(chat.composer).to_have_value("a draft")
    await chat.says("w0 w1 w2")
    await chat.stop_button.click()
    await chat.ended("cancelled")
    await chat.reload()  # the cookie gives the next token
    await chat.says("w0 w1 w2")
    await expect(chat.composer).to_have_value("a draft")


async def test_36_one_signs_in_makes_keys_changes_the_password_and_signs_out(chat: ChatPage, app: Parley) -> None:
    chat.expects(REFUSED)
    await chat.page.goto("/c/1?login_error=forbidden")
    await expect(chat.page.get_by_role("alert")).to_contain_text("may not register")
    await app.http.post("/auth/register", json={"username": "ann", "password": PASSWORD})
    await chat.page.goto("/login")
    await _sign_in(chat, "a wrong password")
    await expect(chat.page.get_by_role("alert")).to_be_visible()
    await chat.button("I have no account yet").click()
    await expect(chat.button("Register")).to_be_visible()
    await chat.button("I have an account").click()
    async with chat.page.expect_request("**/auth/oidc/login"):
        await chat.button("Work account").click()
    await chat.page.goto("/login")
    await _sign_in(chat, PASSWORD)
    await expect(chat.composer).to_be_visible()

    await chat.button("Settings").click()
    await expect(chat.page.get_by_text("Requests a minute")).to_be_visible()
    await _field(chat, "Name of a new key").fill("laptop")
    await chat.page.get_by_role("checkbox", name="Documents").uncheck()
    await chat.button("Create a key").click()
    secret = await chat.page.locator(".settings-secret code").inner_text()
    assert (await app.http.get("/conversations", headers={"x-api-key": secret})).status_code == 200
    assert (await app.http.get("/documents", headers={"x-api-key": secret})).status_code in (200, 403)
    await chat.button("Revoke laptop").click()
    await expect(chat.button("Revoke laptop")).to_have_count(0)
    await expect(chat.page.locator(".settings-secret")).to_have_count(0)
    assert (await app.http.get("/conversations", headers={"x-api-key": secret})).status_code == 401

    await chat.button("Change the password").click()
    await _field(chat, "Current password").fill("not this one")
    await _field(chat, "New password").fill(NEW_PASSWORD)
    await chat.button("Change the password").click()
    await expect(chat.page.get_by_role("alert")).to_contain_text("another one")
    await _field(chat, "Current password").fill(PASSWORD)
    await chat.button("Change the password").click()
    await expect(_field(chat, "Current password")).to_have_count(0)

    await chat.button("Sign out").click()
    await _sign_in(chat, NEW_PASSWORD)
    await expect(chat.composer).to_be_visible()
