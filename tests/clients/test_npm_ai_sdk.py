"""The AI SDK itself, versions 6 and 7, against the application on a socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.conversation import ConversationId, Message, MessageId, MessageStatus, Role
from domain.run import NumberedEvent, Run, RunId, RunKind, RunSettings, RunStatus
from entrypoints.ai_sdk.stream import stored
from entrypoints.ai_sdk.ui_messages import ui_messages
from tests.support.app import Parley
from tests.support.builders import ALICE
from tests.support.node import run_checks
from tests.support.provider import ScriptedProvider
from tests.support.told_answers import SERVER_TOOL, Told, told_answers

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HERE, QUESTION, ANSWER = ConversationId(1), MessageId(6), MessageId(7)
RUN = Run(RunId(3), ALICE, RunKind.REPLY, HERE, QUESTION, ANSWER, "m", RunStatus.RUNNING, 1, NOW,
          settings=RunSettings(server_tools=(SERVER_TOOL,)))  # fmt: skip


async def streamed(told: Told, *, last_event: int) -> str:
    """What a reader gets; so much of the log was there when the reader came."""

    async def numbered() -> AsyncIterator[list[NumberedEvent]]:
        number = 0
        for batch in told.batches:
            yield [NumberedEvent(number := number + 1, event) for event in batch]

    pieces = [piece async for piece in stored(replace(RUN, last_event=last_event), numbered())]
    return b"".join(pieces).decode()


async def case(told: Told) -> dict[str, Any] | None:
    """The answer as it is written and later, and the message that is stored; None where nothing is."""
    answer = Message(ANSWER, HERE, QUESTION, Role.ASSISTANT, told.parts, MessageStatus.COMPLETED, NOW, RUN.id)
    live, replay = [await streamed(told, last_event=seen) for seen in (0, len(told.events))]
    for message in ui_messages([answer]):
        return {"live": live, "replay": replay, "expected": message, "resets": '"reset-step"' in live}
    return None


@pytest.mark.usefixtures("packages")
async def test_pages_of_the_ai_sdk_hold_what_is_stored(app: Parley, provider: ScriptedProvider) -> None:
    cases = [await case(told) for told in told_answers(60)]
    told = [each for each in cases if each]
    assert sum(each["resets"] for each in told) > 10
    given = {"url": app.url, "provider": provider.url.removesuffix("/v1"), "cases": told}
    await run_checks("ai_sdk.mjs", given, count=20)
