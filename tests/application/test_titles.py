"""A conversation is named after its first answer, beside it, and nobody waits for that or pays for it twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from application.chat.title_conversation import TitleConversation
from application.chat.titles import Titles
from application.conversations.change_conversation import ChangeConversation
from domain.conversation import ConversationChange
from domain.errors import ProviderTimedOut
from domain.run import Run
from domain.usage import Purpose
from tests.support.builders import stored_conversation
from tests.support.core import ANN, Core, turns, until
from tests.support.databases import ledger
from tests.support.metering import MeteredByFullName
from tests.support.scripted_model import FINISHED, ScriptedModel, Step, whole


@asynccontextmanager
async def named_by(core: Core, *script: Step) -> AsyncIterator[ScriptedModel]:
    """The process has a model for titles."""
    model = ScriptedModel(script)
    metered = MeteredByFullName(model, core.metered.meter)
    title = TitleConversation(begin=core.database.begin, model=metered, title_model="scripted:titles")
    titles = Titles(title)
    core.ask_question = replace(core.ask_question, turns=replace(core.turns, titles=titles))
    core.model.script = whole("Because.")
    yield model
    await titles.stop()
    assert model.open_streams == 0


async def title(core: Core, run: Run) -> str:
    return (await stored_conversation(core.database, run.conversation_id)).title


async def answered(core: Core, run: Run) -> Run:
    await core.follow(run.id)
    await core.until_gone(run)
    return run


async def test_it_is_named_after_its_first_answer_and_the_call_is_in_the_ledger(core: Core) -> None:
    async with named_by(core, *whole('"Rivers of Europe"')) as model:
        run = await answered(core, await core.ask("Which rivers are there?"))
        await until(lambda: model.requests and not model.open_streams)
        await turns(5)
        assert await title(core, run) == "Rivers of Europe"
        await core.recorder.flush()
        assert [(line.model, line.purpose, line.usage) for line in await ledger(core.database)] == [
            ("scripted:model", Purpose.REPLY, FINISHED.usage),
            ("scripted:titles", Purpose.TITLE, FINISHED.usage),
        ]


async def test_nobody_waits_for_the_title(core: Core) -> None:
    async with named_by(core, asyncio.Event()):
        run = await answered(core, await core.ask("Which rivers are there?"))
        assert await title(core, run) == "Which rivers are there?"
        await answered(core, await core.ask("And lakes?", run.conversation_id))


async def test_only_the_first_answer_names_it(core: Core) -> None:
    async with named_by(core, *whole("Rivers")) as model:
        run = await answered(core, await core.ask("Which rivers are there?"))
        await answered(core, await core.ask("And lakes?", run.conversation_id))
        await turns(20)
        assert len(model.requests) == 1


async def test_an_answer_that_is_not_whole_names_nothing(core: Core) -> None:
    async with named_by(core, *whole("Rivers")) as model:
        core.model.script = [ProviderTimedOut("scripted")]
        await answered(core, await core.ask("Which rivers are there?"))
        await turns(20)
        assert model.requests == []


async def test_what_somebody_called_it_meanwhile_stays(core: Core) -> None:
    gate = asyncio.Event()
    async with named_by(core, gate, *whole("Rivers")) as model:
        run = await answered(core, await core.ask("Which rivers are there?"))
        rename = ChangeConversation(begin=core.database.begin, now=core.clock)
        await rename(ANN, run.conversation_id, ConversationChange(title="Mine"))
        gate.set()
        await until(lambda: model.requests and not model.open_streams)
        await turns(5)
        assert await title(core, run) == "Mine"


@pytest.mark.parametrize("answer", [[ProviderTimedOut("scripted")], [], whole(" \n")], ids=["failed", "cut", "empty"])
async def test_what_the_model_does_wrong_leaves_the_first_title(core: Core, answer: list[Step]) -> None:
    async with named_by(core, *answer) as model:
        run = await answered(core, await core.ask("Which rivers are there?"))
        await until(lambda: model.requests and not model.open_streams)
        await turns(5)
        assert await title(core, run) == "Which rivers are there?"
        model.script = whole("Lakes")
        following = await answered(core, await core.ask("Which lakes are there?"))
        await until(lambda: len(model.requests) == 2 and not model.open_streams)
        await turns(5)
        assert await title(core, following) == "Lakes"


async def test_a_conversation_that_was_deleted_meanwhile_is_no_trouble(core: Core) -> None:
    gate = asyncio.Event()
    async with named_by(core, gate, *whole("Rivers")) as model:
        run = await answered(core, await core.ask("Which rivers are there?"))
        await core.delete_conversation(ANN, run.conversation_id)
        gate.set()
        await until(lambda: model.requests and not model.open_streams)
        following = await answered(core, await core.ask("Which lakes are there?"))
        await until(lambda: len(model.requests) == 2 and not model.open_streams)
        await turns(5)
        assert await title(core, following) == "Rivers"
