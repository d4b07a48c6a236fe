"""A workflow's run: steps side by side, each once, people between them, and a clear end."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.ports.workflows import WorkflowCatalogue, WorkflowFault
from application.workflows.get_workflow_run import GetWorkflowRun
from application.workflows.start_workflow import StartWorkflow
from domain.approval import ApprovalStatus
from domain.conversation import MESSAGE_CHARACTERS
from domain.errors import InvalidInput, ProviderRejectedRequest, ProviderUnavailable, WorkflowNotFound
from domain.run import Run, RunStatus, TextDelta
from domain.step import StepFinished, StepStarted
from domain.usage import Usage
from domain.workflows.definition import workflow_of
from domain.workflows.workflow import StepState, Workflow
from tests.support.core import ANN, Core, running, until

FAN: dict[str, Any] = {
    "inputs": {"topic": {}},
    "steps": [
        {"name": "left", "prompt": "left of {inputs.topic}"},
        {"name": "right", "prompt": "right of {inputs.topic}"},
        {"name": "both", "prompt": "{steps.left} and {steps.right}"},
    ],
    "outputs": {"sum": "both"},
}
ASKED: dict[str, Any] = {
    "inputs": {"topic": {}},
    "steps": [
        {"name": "draft", "prompt": "draft {inputs.topic}"},
        {"name": "check", "kind": "approval", "prompt": "May {steps.draft} go out?"},
        {"name": "final", "prompt": "{steps.draft}, mind: {steps.check.comment}"},
    ],
    "outputs": {"final": "final", "comment": "check.comment"},
}
LOUD: dict[str, Any] = {
    "inputs": {"topic": {}},
    "steps": [{"name": "check", "kind": "approval", "prompt": "{inputs.topic} " * 101}],
    "outputs": {"comment": "check.comment"},
}
SHAPED: dict[str, Any] = {
    "inputs": {"topic": {}},
    "steps": [
        {
            "name": "shape",
            "prompt": "{inputs.topic}",
            "retries": 2,
            "output_schema": {
                "type": "object",
                "properties": {"n": {"type": "integer"}},
                "required": ["n"],
                "additionalProperties": False,
            },
        },
    ],
    "outputs": {"n": "shape.n"},
}


@dataclass(frozen=True)
class Known(WorkflowCatalogue):
    workflows: Mapping[str, Workflow]

    def names(self) -> tuple[str, ...]:
        return tuple(self.workflows)

    def get(self, name: str) -> Workflow:
        if name not in self.workflows:
            raise WorkflowNotFound(name)
        return self.workflows[name]

    def faults(self) -> tuple[WorkflowFault, ...]:
        return ()


@dataclass
class Echo(LanguageModel):
    """Says each prompt back in capitals, unless told what to say instead; `gates` hold back answers by their number."""

    says: Callable[[str, int], str] = lambda prompt, _: prompt.upper()
    asked: list[str] = field(default_factory=list)
    requests: list[ModelRequest] = field(default_factory=list)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    open_streams: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        prompt = request.messages[-1].text
        self.asked.append(prompt)
        self.requests.append(request)
        self.open_streams += 1
        number = len(self.asked)
        try:
            if number in self.gates:
                await self.gates[number].wait()
            yield [TextDelta(self.says(prompt, number)), ModelFinished("stop", "echo", Usage(1, 2, {}))]
        finally:
            self.open_streams -= 1

    def models(self) -> tuple[str, ...]:
        return ("scripted:echo",)


class Desk(Core):
    """A process that knows some workflows."""

    def __post_init__(self) -> None:
        super().__post_init__()
        known = {"fan": FAN, "asked": ASKED, "loud": LOUD, "shaped": SHAPED}
        catalogue = Known({name: workflow_of(name, definition) for name, definition in known.items()})
        self.start_workflow = StartWorkflow(catalogue=catalogue, turns=self.turns, now=self.clock)
        self.get_workflow_run = GetWorkflowRun(read=self.database.read, log=self.log)

    @property
    def echo(self) -> Echo:
        return cast(Echo, self.model)

    async def ended(self, run: Run) -> Run:
        await self.follow(run.id)
        return await self.stored_run(run.id)

    async def outputs(self, run: Run) -> object:
        return json.loads((await self.stored_answer(run)).text)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk(model=Echo())  # type: ignore[arg-type]
    async with running(desk):
        yield desk


async def test_steps_that_can_start_run_side_by_side_and_the_outputs_are_the_answer(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.echo.gates = {1: gate, 2: gate}
    run = await desk.start_workflow(ANN, "fan", {"topic": "rivers"})
    await until(lambda: desk.echo.open_streams == 2)
    _, _, progress = await desk.get_workflow_run(ANN, run.id)
    assert progress.states == {"left": StepState.RUNNING, "right": StepState.RUNNING}
    gate.set()
    run = await desk.ended(run)
    assert (run.status, run.usage) == (RunStatus.COMPLETED, Usage(3, 6))
    assert await desk.outputs(run) == {"sum": "LEFT OF RIVERS AND RIGHT OF RIVERS"}
    events = [numbered.event for numbered in await desk.stored_log(run.id)]
    assert [e.name for e in events if isinstance(e, StepStarted)] == ["left", "right", "both"]
    assert [e.name for e in events if isinstance(e, StepFinished)][-1] == "both"


async def test_a_person_is_asked_between_steps_and_what_they_remark_goes_on(desk: Desk) -> None:
    run = await desk.start_workflow(ANN, "asked", {"topic": "news"})
    await until(lambda: desk.database.tables.runs[run.id].status is RunStatus.WAITING)
    await desk.until_gone(run)
    [asked], _ = await desk.list_approvals(ANN, status=ApprovalStatus.PENDING, before=None, limit=10)
    assert asked.request.tool == "asked.check"
    assert json.loads(asked.request.arguments) == {"question": "May DRAFT NEWS go out?"}
    await desk.decide_approval(ANN, asked.id, approved=True, comment="by noon")
    run = await desk.ended(run)
    assert await desk.outputs(run) == {"final": "DRAFT NEWS, MIND: BY NOON", "comment": "by noon"}
    assert desk.echo.asked == ["draft news", "DRAFT NEWS, mind: by noon"]


async def test_a_person_who_says_no_ends_it(desk: Desk) -> None:
    run = await desk.start_workflow(ANN, "asked", {"topic": "news"})
    await until(lambda: desk.database.tables.runs[run.id].status is RunStatus.WAITING)
    [asked], _ = await desk.list_approvals(ANN, status=ApprovalStatus.PENDING, before=None, limit=10)
    await desk.decide_approval(ANN, asked.id, approved=False, comment="not like this")
    run = await desk.ended(run)
    assert run.status is RunStatus.FAILED
    assert run.problem
    assert run.problem.message == "step 'check': a person did not approve: not like this"
    assert len(desk.echo.asked) == 1


async def test_a_question_that_became_too_long_for_a_message_fails_its_step(desk: Desk) -> None:
    run = await desk.ended(await desk.start_workflow(ANN, "loud", {"topic": "x" * 10_000}))
    assert run.status is RunStatus.FAILED
    assert run.problem
    assert (run.problem.code, run.problem.message[:13]) == ("step_failed", "step 'check':")
    assert f"at most {MESSAGE_CHARACTERS:,} characters" in run.problem.message


async def test_an_answer_of_the_wrong_shape_is_asked_for_again_with_the_reason(desk: Desk) -> None:
    answers = ["no JSON at all", '{"n": "one"}', '```json\n{"n": 1}\n```']
    desk.echo.says = lambda _, number: answers[number - 1]
    run = await desk.ended(await desk.start_workflow(ANN, "shaped", {"topic": "count"}))
    assert await desk.outputs(run) == {"n": 1}
    assert "'one' is not of type 'integer'" in desk.echo.asked[2]
    assert desk.echo.requests[0].json_schema
    desk.echo.says = lambda *_: "never"
    run = await desk.ended(await desk.start_workflow(ANN, "shaped", {"topic": "count"}))
    assert (run.status, len(desk.echo.asked)) == (RunStatus.FAILED, 6)
    assert run.problem
    assert "step 'shape': the answer cannot be used: it is not JSON" in run.problem.message


async def test_a_failing_provider_is_tried_again_and_a_rejected_request_is_not(desk: Desk) -> None:
    def says(prompt: str, number: int) -> str:
        if number == 1:
            raise ProviderUnavailable("scripted")
        if "AND" in prompt or "and" in prompt:
            raise ProviderRejectedRequest("scripted", "too long")
        return prompt

    desk.echo.says = says
    run = await desk.ended(await desk.start_workflow(ANN, "fan", {"topic": "x"}))
    assert run.status is RunStatus.FAILED
    assert run.problem
    assert run.problem.message == "step 'both': The provider 'scripted' rejected the request: too long"
    assert len(desk.echo.asked) == 4


async def test_bad_inputs_and_unknown_workflows_are_refused_before_anything_is_stored(desk: Desk) -> None:
    bad: list[tuple[str, dict[str, object], type[Exception]]] = [
        ("none", {}, WorkflowNotFound),
        ("fan", {}, InvalidInput),
        ("fan", {"topic": "x", "other": 1}, InvalidInput),
    ]
    for name, inputs, refusal in bad:
        with pytest.raises(refusal):
            await desk.start_workflow(ANN, name, inputs)
    assert desk.database.tables.runs == {}


async def test_a_crash_in_the_last_step_resumes_there(desk: Desk) -> None:
    desk.echo.gates = {3: asyncio.Event()}
    run = await desk.start_workflow(ANN, "fan", {"topic": "x"})
    await until(lambda: len(desk.echo.asked) == 3)
    await desk.loop.stop(drain_seconds=0)
    echo = Echo()
    async with running(desk.replica("another worker", model=echo)) as other:
        await other.follow(run.id)
        assert json.loads((await other.stored_answer(run)).text) == {"sum": "LEFT OF X AND RIGHT OF X"}
    assert echo.asked == ["LEFT OF X and RIGHT OF X"]
