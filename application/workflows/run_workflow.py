"""Perform a workflow's run: the steps whose needs are met side by side, each recorded when it ends."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from application.agents.persons import Persons
from application.runs.run_writer import RunWriter
from application.workflows.take_step import TakeStep
from application.workflows.workflow_run import inputs_of, outcome_of, question_about, workflow_in
from domain.conversation import PromptMessage
from domain.errors import InvalidInput
from domain.run import Run, RunFinished
from domain.step import StepFinished, StepStarted, WaitsFor
from domain.workflows.parts import ApprovalStep, PromptStep
from domain.workflows.progress import Progress, progress_of
from domain.workflows.workflow import StepState, Workflow, ready


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWorkflow:
    take_step: TakeStep
    persons: Persons

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer. A step that was interrupted is begun again; those that ended are not.

        The answer is the workflow's outputs as JSON. A step that fails ends the run as failed, once those beside it
        have ended.
        """
        workflow, inputs = workflow_in(run), inputs_of(run)
        tasks = dict[str, asyncio.Task[StepFinished]]()
        try:
            while True:
                progress = await self._heard(run, workflow, writer)
                if refused := await self._begin(run, workflow, inputs, progress, tasks, writer):
                    writer.append(refused)
                elif tasks:
                    await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_COMPLETED)
                    writer.append([tasks.pop(name).result() for name in [*tasks] if tasks[name].done()])
                elif progress.problems or len(progress.outputs) == len(workflow.steps):
                    return outcome_of(workflow, progress, writer)
                elif await self.persons.suspend(run, WaitsFor.APPROVAL, writer):
                    return None
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _heard(self, run: Run, workflow: Workflow, writer: RunWriter) -> Progress:
        progress = progress_of(workflow, writer.said)
        heard = await self.persons.heard(run, [*progress.undecided.values()], writer)
        return progress_of(workflow, writer.said) if heard else progress

    async def _begin(
        self,
        run: Run,
        workflow: Workflow,
        inputs: Mapping[str, Any],
        progress: Progress,
        tasks: dict[str, asyncio.Task[StepFinished]],
        writer: RunWriter,
    ) -> list[StepFinished]:
        """Start what can start now: also what a dead worker had started. Return what ended at once, as refused."""
        refused = list[StepFinished]()
        here = {name: state for name, state in progress.states.items() if state is not StepState.RUNNING}
        for step in ready(workflow, here | dict.fromkeys(tasks, StepState.RUNNING)):
            outputs = {name: progress.outputs[name] for name in step.needs}
            if isinstance(step, PromptStep):
                writer.append([StepStarted(step.name)])
                tasks[step.name] = asyncio.create_task(self.take_step(step, inputs, outputs, writer))
            elif isinstance(step, ApprovalStep):
                try:
                    question, tool = question_about(workflow, step, inputs, outputs)
                except InvalidInput as error:
                    refused.append(StepFinished(step.name, problem=str(error)))
                    continue
                await self.persons.ask(run, [question], {tool.name: tool}, writer, told=progress.asked)
        return refused
