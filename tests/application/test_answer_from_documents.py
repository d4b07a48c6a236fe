"""Answers that rest on documents: what the model is shown, what of its words is shown, and what is said without it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from application.knowledge.ask_documents import DocumentQuestion
from application.ports.language_model import ModelEvent, ModelRequest
from domain.citation import DocumentId, SourceCited, SourcesChecked
from domain.conversation import ConversationId, Text
from domain.retrieval.not_found import ENGLISH, MARKER, SENTENCES
from domain.run import AnswerReset, Run, RunEvent, RunStatus, TextDelta, merged
from domain.step import StepFinished
from tests.support.builders import ALICE
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of, until
from tests.support.library import put
from tests.support.scripted_model import ScriptedModel, Step, whole, words

QUESTION = "How many kilometres and countries has the Nile, and silt?"


@dataclass
class Speaker(ScriptedModel):
    """Says `rewriting` when it is asked to rewrite a question, and the script otherwise."""

    rewriting: Sequence[Step] = ()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        answering = self.script
        if request.messages[0].text.startswith("Rewrite"):
            self.script = self.rewriting
        try:
            async with aclosing(super().stream(request)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            self.script = answering


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    async with running(Core(model=Speaker())) as core:
        yield core


async def ask(
    core: Core, question: str = QUESTION, *, conversation_id: ConversationId | None = None, id: DocumentId | None = None
) -> Run:
    asked = DocumentQuestion(question=question, conversation_id=conversation_id, document=id, passages=2)
    return await core.ask_documents(ANN, asked)


async def said(core: Core, run: Run) -> list[RunEvent]:
    return [numbered.event for numbered in await core.follow(run.id)]


async def test_the_model_is_shown_the_passages_as_data_and_its_marks_become_citations(core: Core) -> None:
    id = await put(core.database, owner=ALICE, paged=True)
    core.model.script = whole("The Nile is 6650 kilo", "metres long [", "1][9]. A river carries silt [2, 7].")
    run = await ask(core)
    events = merged(await said(core, run))
    [request] = core.model.requests
    system, question = request.messages
    assert system.text.startswith("Be brief.\n\nAnswer the last question")
    assert question.text.startswith("<sources>\n[1] rivers.txt, page 2\nThe Nile has")
    assert question.text.endswith(f"</sources>\n\n{QUESTION}")
    assert text_of(events) == "The Nile is 6650 kilometres long [1]. A river carries silt [2]."
    kinds = [event.citation.number if isinstance(event, SourceCited) else type(event) for event in events]
    assert kinds == [StepFinished, TextDelta, 1, TextDelta, 2, TextDelta, SourcesChecked, type(events[-1])]
    [part] = (await core.stored_answer(run)).parts
    assert isinstance(part, Text)
    first, second = part.citations
    assert (first.document_id, first.page, first.verified, first.quote[:8]) == (id, 2, True, "The Nile")
    assert (second.number, second.page) == (2, 3)
    assert first.score > second.score > 0


@pytest.mark.parametrize("script", [[MARKER], ["NOT_IN", "_DOCUMENTS", ". Perhaps [1]."], ["**", MARKER, "**"]])
async def test_a_model_that_finds_nothing_says_the_one_sentence_and_cites_nothing(
    core: Core, script: list[str]
) -> None:
    await put(core.database, owner=ALICE)
    core.model.script = whole(*script)
    run = await ask(core)
    assert text_of(await said(core, run)) == ENGLISH
    assert (await core.stored_answer(run)).parts == (Text(ENGLISH),)
    assert (await core.stored_run(run.id)).status is RunStatus.COMPLETED


async def test_where_nothing_relevant_is_found_no_model_is_asked(core: Core) -> None:
    empty = await ask(core)
    await put(core.database, owner=ALICE)
    foreign = await ask(core, "Wer hat das Bild gemalt, und ist es noch nicht verkauft?")
    assert text_of(await said(core, empty)) == ENGLISH
    assert text_of(await said(core, foreign)) == SENTENCES["de"]
    assert core.model.requests == []
    assert (await core.stored_run(foreign.id)).finish_reason == "stop"


async def test_a_follow_up_is_searched_as_the_model_rewrites_it_or_with_the_question_before(core: Core) -> None:
    await put(core.database, owner=ALICE)
    core.model.script = whole("It is 6650 kilometres long [1].")
    first = await ask(core)
    await said(core, first)
    assert isinstance(core.model, Speaker)
    core.model.rewriting = whole('"Which countries does the Nile flow through?"')
    second = await ask(core, "And the countries?", conversation_id=first.conversation_id)
    [searched] = [event for event in await said(core, second) if isinstance(event, StepFinished)]
    assert searched.output == "Which countries does the Nile flow through?"
    rewriting, answering = core.model.requests[1:]
    assert "user: And the countries?" in rewriting.messages[1].text
    assert [message.text for message in answering.messages[1:3]] == [QUESTION, "It is 6650 kilometres long."]
    usage = (await core.stored_run(second.id)).usage
    assert usage
    assert usage.total_tokens == 16, "of both calls"
    core.model.rewriting = words("cut off")
    third = await ask(core, "And silt?", conversation_id=first.conversation_id)
    [searched] = [event for event in await said(core, third) if isinstance(event, StepFinished)]
    assert searched.output == "And the countries?\nAnd silt?"


async def test_a_model_that_is_slow_to_rewrite_is_not_waited_for() -> None:
    async with running(Core(model=Speaker(), rewrite_seconds=0.01)) as core:
        await put(core.database, owner=ALICE)
        core.model.script = whole("It is 6650 kilometres long [1].")
        first = await ask(core)
        await said(core, first)
        assert isinstance(core.model, Speaker)
        core.model.rewriting = [asyncio.Event()]
        second = await ask(core, "And the silt?", conversation_id=first.conversation_id)
        [searched] = [event for event in await said(core, second) if isinstance(event, StepFinished)]
        assert searched.output == f"{QUESTION}\nAnd the silt?"


async def test_small_documents_that_are_named_go_in_whole_and_in_order() -> None:
    async with running(Core(model=Speaker(), whole_tokens=1000)) as core:
        small = await put(core.database, owner=ALICE)
        large = await put(core.database, "\n\n".join(f"River {n} is long." for n in range(300)), owner=ALICE, name="l")
        core.model.script = whole("Three things [1][2][3].")
        run = await ask(core, "Summarize this", id=small)
        assert [citation.number for citation in await cited(core, run)] == [1, 2, 3]
        other = await ask(core, "How long is river 17?", id=large)
        await said(core, other)
        assert core.model.requests[-1].messages[-1].text.count("River ") == 2


async def cited(core: Core, run: Run) -> list[object]:
    await said(core, run)
    [part] = (await core.stored_answer(run)).parts
    assert isinstance(part, Text)
    return list(part.citations)


async def test_who_takes_the_run_over_searches_and_cites_anew(core: Core) -> None:
    await put(core.database, owner=ALICE)
    core.model.script = [*words("The Nile [1] is"), asyncio.Event()]
    run = await ask(core)
    await core.until_said(run, "The Nile [1] is")
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("It is 6650 kilometres long [1].")))) as replica:
        shown = [numbered.event for numbered in await replica.follow(run.id)]
    after = shown[shown.index(AnswerReset()) :]
    assert text_of(after) == "It is 6650 kilometres long [1]."
    assert sum(isinstance(event, SourceCited) for event in after) == 1
    [part] = (await core.stored_answer(run)).parts
    assert isinstance(part, Text)
    assert [citation.verified for citation in part.citations] == [True]


async def test_a_document_that_is_deleted_meanwhile_is_cited_unverified(core: Core) -> None:
    id = await put(core.database, owner=ALICE)
    gate = asyncio.Event()
    core.model.script = [*words("It is 6650 kilometres "), gate, *whole("long [1].")]
    run = await ask(core)
    await until(lambda: core.said(run).startswith("It is 6650"))
    async with core.database.begin() as tx:
        await tx.documents.delete(id, owner=ALICE)
        await tx.commit()
    gate.set()
    await said(core, run)
    [part] = (await core.stored_answer(run)).parts
    assert isinstance(part, Text)
    assert [citation.verified for citation in part.citations] == [False]
