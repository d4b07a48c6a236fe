"""What every workflow must be. A mistake is a sentence that names its place, as `step 'draft': ...`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from domain.workflows.nearest import meant
from domain.workflows.output_schema import path_mistake
from domain.workflows.part_rules import input_mistakes, step_mistakes
from domain.workflows.parts import WorkflowInput, WorkflowOutput, WorkflowStep
from domain.workflows.template import INPUTS, STEPS, Reference, named_in, read_template

WORKFLOW_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MOST_PARTS = 50

Inputs = Sequence[WorkflowInput]
Steps = Sequence[WorkflowStep]
Outputs = Sequence[WorkflowOutput]


def mistakes_in(name: str, inputs: Inputs, steps: Steps, outputs: Outputs) -> Iterator[str]:
    """All but what is left over, which can be said only when everything is there."""
    if not WORKFLOW_NAME.fullmatch(name):
        yield f"the name {name!r} must be a small letter, then at most 62 small letters, digits, _ and -"
    for kind, parts, fewest in (("input", inputs, 0), ("step", steps, 1), ("output", outputs, 1)):
        yield from _name_mistakes(kind, [part.name for part in parts], fewest)
    for wanted in inputs:
        yield from (f"input {wanted.name!r}: {mistake}" for mistake in input_mistakes(wanted))
    for step in steps:
        yield from (f"step {step.name!r}: {mistake}" for mistake in step_mistakes(step))
        yield from (f"step {step.name!r}: {mistake}" for mistake in _stranger_mistakes(step, inputs, steps))
    for output in outputs:
        said = Reference(STEPS, output.step, output.fields)
        yield from (f"output {output.name!r}: {mistake}" for mistake in _reference_mistakes(said, inputs, steps))
    for cycle in cycles(steps):
        yield f"the steps wait for one another in a circle: {' → '.join(cycle)}"


def left_over(inputs: Inputs, steps: Steps, outputs: Outputs) -> Iterator[str]:
    """The inputs of which no prompt speaks, and the steps that lead to no output."""
    spoken_of = {name for step in steps for source, name in named_in(step.prompt) if source == INPUTS}
    yield from (f"input {wanted.name!r}: no prompt uses it" for wanted in inputs if wanted.name not in spoken_of)
    wanted_steps = {need for step in steps for need in step.needs} | {output.step for output in outputs}
    for step in steps:
        if step.name not in wanted_steps:
            yield f"step {step.name!r}: no step needs it, and it is no output"


def cycles(steps: Steps) -> Iterator[list[str]]:
    """Circles of steps, each of which is needed by the next; the last is the first again. No two share a step."""
    needs = {step.name: step.needs for step in steps}
    while True:
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            cycle: list[str] = error.args[1]
            yield cycle
            needs = {name: needed for name, needed in needs.items() if name not in cycle}
        else:
            return


def _name_mistakes(kind: str, names: Sequence[str], fewest: int) -> Iterator[str]:
    if not fewest <= len(names) <= MOST_PARTS:
        yield f"there must be {fewest} to {MOST_PARTS} {kind}s, not {len(names)}"
    yield from (
        f"{kind} {name!r}: there are {times} of this name" for name, times in Counter(names).items() if times > 1
    )
    for name in dict.fromkeys(names):
        if not NAME.fullmatch(name):
            yield f"{kind} {name!r}: the name must be a small letter, then at most 62 small letters, digits and _"


def _stranger_mistakes(step: WorkflowStep, inputs: Inputs, steps: Steps) -> Iterator[str]:
    needed = (Reference(STEPS, need) for need in step.needs)
    named = dict.fromkeys([*read_template(step.prompt).references, *needed])
    yield from dict.fromkeys(mistake for one in named for mistake in _reference_mistakes(one, inputs, steps))


def _reference_mistakes(named: Reference, inputs: Inputs, steps: Steps) -> Iterator[str]:
    """Why there is no such thing."""
    parts = inputs if named.source == INPUTS else steps
    part = next((part for part in parts if part.name == named.name), None)
    if part is None:
        yield f"there is no {named.source.removesuffix('s')} {named.name!r}{meant(named.name, [p.name for p in parts])}"
    elif mistake := path_mistake(None if isinstance(part, WorkflowInput) else part.output_schema, named.fields):
        yield f"{named} {mistake}"
