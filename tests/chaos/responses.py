"""The same by way of /v1/responses: created here, followed there from any number."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2

from tests.chaos.history import Ask
from tests.chaos.visitor import Told, Visitor

ENDED = frozenset({"response.completed", "response.incomplete", "response.failed", "error"})


async def respond(visitor: Visitor, ask: Ask) -> None:
    """Ask, read a while, and come back until the response has ended or patience has."""
    ask.tries += 1
    where = visitor.chance.choice([{}, *({"conversation": f"conv_{id}"} for id in visitor.conversations[-4:])])
    body: Told = {"model": ask.model, "input": ask.text, "stream": True, **where}
    ended, after = False, -1
    with suppress(httpx2.TransportError):
        async with visitor.http.stream("POST", f"{visitor.anywhere()}/v1/responses", json=body) as response:
            ended, after = await _read(visitor, response, after, ask=ask)
    for _ in range(visitor.chance.randint(1, 5)):
        if ended or ask.run_id is None:
            return
        url = f"{visitor.anywhere()}/v1/responses/resp_{ask.run_id}?stream=true"
        with suppress(httpx2.TransportError):
            more = f"&starting_after={after}" if after >= 0 else ""
            async with visitor.http.stream("GET", url + more) as response:
                ended, after = await _read(visitor, response, after, run_id=ask.run_id)


async def _read(
    visitor: Visitor, response: httpx2.Response, after: int, *, ask: Ask | None = None, run_id: int = 0
) -> tuple[bool, int]:
    """Whether the response ended, and the number of the last event."""
    status = response.status_code
    visitor.history.answered[f"/v1 {status}"] += 1
    if status != 200:
        told = json.loads(await response.aread())
        if ask and told["error"]["code"] == "conversation_locked":
            visitor.history.refuse(ask)
        elif status == 500 or (status == 404 and run_id):
            visitor.history.wrong.append(f"/v1/responses was answered {status}: {told}")
        return False, after
    most = visitor.patience()
    async for event in _events(response.aiter_lines()):
        if "sequence_number" not in event:  # one has to come back
            return False, after
        if ask and event["type"] == "response.created":
            run_id = int(event["response"]["id"].removeprefix("resp_"))
            visitor.history.acknowledge(ask, run_id)
        visitor.history.show_response(run_id, event, after=after)
        after, most = event["sequence_number"], most - 1
        if event["type"] in ENDED or most <= 0:
            return event["type"] in ENDED, after
    return False, after


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[Told]:
    async for line in lines:
        if line.startswith("data: {"):
            with suppress(ValueError):  # half a line
                yield json.loads(line.removeprefix("data: "))
