"""Answers that must have a shape have it, or there is none."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from adapters.schemas.json_schema import schema_mismatch
from application.chat.take_turn import NextTurn
from application.chat.whole_answer import whole_answer
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.runs.execute_run import ExecuteRun
from application.shaped_model import ShapedModel
from domain.conversation import Text, ToolCall, ToolResult, text_of
from domain.errors import AnswerDoesNotFit
from domain.run import AnswerReset, RunEvent, RunSettings, RunStatus, TextDelta, answer_of
from domain.tool import ANY_OBJECT, JsonSchema, ToolCallDelta
from domain.usage import Usage
from tests.application.test_complete_text import AnswersInTurn
from tests.support.agent_model import AgentModel, calls, says
from tests.support.core import ANN, Core, running
from tests.support.listening import hear, question
from tests.support.scripted_model import ScriptedModel, Step

BIRD = JsonSchema("bird", {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
POLLY = '{"name": "Polly"}'


def shaped(model: LanguageModel) -> ShapedModel:
    return ShapedModel(model=model, schema_mismatch=schema_mismatch)


def asking(schema: JsonSchema | None = BIRD, *, may_begin_anew: bool = False) -> ModelRequest:
    asked = question("Which bird?")
    return ModelRequest(model="a:b", messages=asked.messages, json_schema=schema, may_begin_anew=may_begin_anew)


async def test_a_misfit_is_asked_for_again_with_the_reason_where_the_reader_can_forget() -> None:
    model = AnswersInTurn("Polly!", f"```json\n{POLLY}\n```")
    heard = await hear(shaped(model), asking(may_begin_anew=True))
    assert [event for event in heard.events if isinstance(event, (TextDelta, AnswerReset))] == [
        TextDelta("Polly!"),
        AnswerReset(),
        TextDelta(POLLY),
    ]
    first, again = model.requests
    assert again.messages[: len(first.messages)] == first.messages
    assert "it is not JSON" in again.messages[-1].text
    assert json.dumps(BIRD.schema) in again.messages[-1].text


async def test_a_misfit_ends_in_a_failure_where_the_reader_cannot_forget() -> None:
    model = AnswersInTurn("{}")
    heard = await hear(shaped(model), asking())
    assert isinstance(heard.failure, AnswerDoesNotFit)
    assert "'name' is a required property" in str(heard.failure)
    assert len(model.requests) == 1


async def test_a_whole_answer_has_the_shape_or_there_is_none() -> None:
    assert (await whole_answer(shaped(AnswersInTurn("{}", POLLY)), asking())).text == POLLY
    with pytest.raises(AnswerDoesNotFit):
        await whole_answer(shaped(AnswersInTurn("{}", "[]", POLLY)), asking())


@pytest.mark.parametrize(
    ("schema", "answer", "fits"),
    [
        (ANY_OBJECT, "{}", True),
        (ANY_OBJECT, "[]", False),
        (JsonSchema("odd", {"type": 7}), "{}", True),
        (None, "anything", True),
    ],
)
async def test_what_fits_and_what_does_not(schema: JsonSchema | None, answer: str, fits: bool) -> None:
    assert ((await hear(shaped(AnswersInTurn(answer)), asking(schema))).failure is None) is fits


@pytest.mark.parametrize(
    "ending",
    [
        [ModelFinished("length", "m")],
        [ModelFinished("stop", "m", refused=True)],
        [ToolCallDelta(0, "c", "weather", "{}"), ModelFinished("tool_calls", "m")],
    ],
)
async def test_what_is_cut_short_refused_or_calls_first_says_so_itself(ending: list[object]) -> None:
    model = ScriptedModel([[TextDelta("Let me see.")], ending])  # type: ignore[list-item]
    heard = await hear(shaped(model), asking(may_begin_anew=True))
    assert heard.failure is None
    assert heard.text == "Let me see."
    assert len(model.requests) == 1


async def test_a_cut_stream_stays_without_proof() -> None:
    heard = await hear(shaped(AnswersInTurn("{", reason=None)), asking(may_begin_anew=True))
    assert (heard.text, heard.finished) == ("{", None)


def paid(answer: str) -> list[Step]:
    return [[TextDelta(answer)], [ModelFinished("stop", "m", Usage(10, 2))]]


async def test_every_try_is_paid_for() -> None:
    with pytest.raises(AnswerDoesNotFit) as misfit:
        await whole_answer(shaped(ScriptedModel(paid("{}"))), asking())
    assert misfit.value.usage == Usage(20, 4)
    assert (await whole_answer(shaped(ScriptedModel(paid(POLLY))), asking())).finished.usage == Usage(10, 2)


async def test_a_run_begins_its_answer_anew_and_fails_when_nothing_fits(core: Core) -> None:
    execute, said = ExecuteRun(model=shaped(AnswersInTurn("no", POLLY))), list[RunEvent]()
    run = replace(await core.ask("Which bird?"), settings=RunSettings(json_schema=BIRD))
    outcome = await execute(run, (), said.extend)
    assert (outcome.status, text_of(answer_of(said))) == (RunStatus.COMPLETED, POLLY)
    outcome = await ExecuteRun(model=shaped(ScriptedModel(paid("no"))))(run, (), said.extend)
    assert (outcome.status, outcome.problem and outcome.problem.code) == (RunStatus.FAILED, "answer_does_not_fit")
    assert outcome.usage == Usage(20, 4)


class InTurn(AgentModel):
    """One of the steps a request, in the shape that is asked for."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        steps = iter(self.steps)

        class Next(AnswersInTurn):
            async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
                yield next(steps)

        async for batch in shaped(Next()).stream(request):
            yield batch
        self.steps = list(steps)


async def test_an_agents_step_begins_anew_behind_the_steps_that_are_settled() -> None:
    model = InTurn([calls(("add", "{}"), text="Let me see."), says("no"), says(POLLY)])
    async with running(Core(model=model)) as core:  # type: ignore[arg-type]
        core.tools.add("add")
        settings = RunSettings(server_tools=("add",), json_schema=BIRD)
        run = await core.take_turn(ANN, NextTurn(input=question("Which bird?").messages, settings=settings))
        events = [numbered.event for numbered in await core.follow(run.id)]
        answer = await core.stored_answer(run)
    kinds = [Text, ToolCall, ToolResult, Text]
    assert [type(part) for part in answer.parts] == kinds
    assert answer.text == f"Let me see.{POLLY}"
    [reset] = [event for event in events if isinstance(event, AnswerReset)]
    assert [type(part) for part in reset.parts] == kinds[:3]
