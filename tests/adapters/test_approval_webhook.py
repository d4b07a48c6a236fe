"""Open questions are told to a webhook: signed, again until it takes them, once it did never again."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.webhooks.approval_webhook import ApprovalWebhook
from application.agents.notify_approvals import FIRST_RETRY_SECONDS, NotifyApprovals
from domain.tool import ApprovalRule
from tests.support.agent_model import AgentModel, calls, says
from tests.support.core import ANN, Core, running, until


class Bridge:
    """A receiver that answers as it is told, and keeps what came."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.received: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.received.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)


@pytest.fixture
async def bridge() -> AsyncIterator[tuple[Bridge, str]]:
    bridge, app = Bridge(), web.Application()
    app.router.add_post("/hook", bridge.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield bridge, f"http://{host}:{port}/hook"
    await runner.cleanup()


async def test_a_question_is_told_signed_until_it_is_taken(bridge: tuple[Bridge, str]) -> None:
    received, url = bridge
    core = Core(model=AgentModel([calls(("pay", '{"x": 1}')), says("Done.")]))  # type: ignore[arg-type]
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    webhook = ApprovalWebhook(url, "a secret", now=core.clock)
    notify = NotifyApprovals(begin=core.database.begin, signals=core.signals, now=core.clock, notifier=webhook)
    async with running(core):
        session = await core.start_session(ANN, prompt="Pay")
        await until(lambda: core.database.tables.approvals)
        pending = (await core.get_session(ANN, session)).pending
        received.answers = [500]
        assert (await notify(), await notify()) == (1, 0)
        core.clock.move(FIRST_RETRY_SECONDS)
        assert (await notify(), await notify()) == (1, 0)
        core.clock.move(100_000)
        assert await notify() == 0
    (first, body), (second, again) = received.received
    assert body == again
    assert first["webhook-id"] == second["webhook-id"] == f"approval_{pending[0].id}"
    signed = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + again
    expected = base64.b64encode(hmac.new(b"a secret", signed, hashlib.sha256).digest()).decode()
    assert second["webhook-signature"] == f"v1,{expected}"
    event = json.loads(body)
    assert (event["type"], event["data"]["tool"], event["data"]["arguments"]) == (
        "approval.requested",
        "pay",
        '{"x": 1}',
    )
    await webhook.aclose()


async def test_a_webhook_that_is_away_is_told_later() -> None:
    core = Core(model=AgentModel([calls(("pay", "{}")), says("Done.")]))  # type: ignore[arg-type]
    core.tools.add("pay", approval=ApprovalRule.ALWAYS)
    webhook = ApprovalWebhook("http://127.0.0.1:1/", "a secret", now=core.clock)  # where nobody listens
    notify = NotifyApprovals(begin=core.database.begin, signals=core.signals, now=core.clock, notifier=webhook)
    async with running(core):
        await core.start_session(ANN, prompt="Pay")
        await until(lambda: core.database.tables.approvals)
        assert (await notify(), await notify()) == (1, 0)
        core.clock.move(FIRST_RETRY_SECONDS)
        assert await notify() == 1
    await webhook.aclose()
