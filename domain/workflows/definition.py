"""A workflow as it is written down, in what TOML and JSON have in common; docs/workflows.md is for those who write one.

title, description
[inputs.NAME]   type, description, default, and min_length, max_length or minimum, maximum
[[steps]]       name, kind, prompt, needs; and of a prompt system, model, output_schema, temperature, max_tokens,
                retries
[outputs]       NAME = "STEP" or "STEP.FIELD"
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.errors import WorkflowInvalid
from domain.workflows.fields import Fields, Notes
from domain.workflows.parts import (
    RETRIES,
    ApprovalStep,
    InputType,
    PromptStep,
    WorkflowInput,
    WorkflowOutput,
    WorkflowStep,
    needed_by,
)
from domain.workflows.rules import left_over, mistakes_in
from domain.workflows.workflow import Workflow

SchemaMistake = Callable[[Mapping[str, Any]], str | None]
"""Why it is not a JSON Schema; None when it is one."""

BOUNDS = {
    InputType.STRING: ("min_length", "max_length"),
    InputType.INTEGER: ("minimum", "maximum"),
    InputType.NUMBER: ("minimum", "maximum"),
}
TYPES = {kind.value: kind for kind in InputType}
SETTINGS = ("system", "model", "output_schema", "temperature", "max_tokens", "retries")
STAND_IN = "?"
"""For a text that cannot be read, so that nothing more is said about it."""


def workflow_of(name: str, definition: Mapping[str, Any], schema_mistake: SchemaMistake = lambda _: None) -> Workflow:
    """The workflow that a definition describes. Where a step does not say its needs, they are inferred from its prompt.

    Raise WorkflowInvalid with everything that is wrong with it.
    """
    notes = Notes()
    top = Fields("", definition, notes)
    title, description = top.text("title") or "", top.text("description") or ""
    inputs = tuple(_input(input_name, table, notes) for input_name, table in top.named_tables("inputs"))
    read = [_step(place, table, notes, schema_mistake) for place, table in enumerate(top.tables("steps"), 1)]
    steps = tuple(step for step in read if step is not None)
    outputs = tuple(_outputs(top.table_of("outputs") or {}, notes))
    top.end()
    if notes.mistakes:
        rest = left_over(inputs, steps, outputs) if notes.is_whole else ()
        raise WorkflowInvalid(name, [*notes.mistakes, *mistakes_in(name, inputs, steps, outputs), *rest])
    return Workflow(name=name, title=title, description=description, inputs=inputs, steps=steps, outputs=outputs)


def definition_of(workflow: Workflow) -> dict[str, Any]:
    """The definition of which `workflow_of` makes the same workflow."""
    return {
        "title": workflow.title,
        "description": workflow.description,
        "inputs": {wanted.name: _input_table(wanted) for wanted in workflow.inputs},
        "steps": [_step_table(step) for step in workflow.steps],
        "outputs": {output.name: ".".join((output.step, *output.fields)) for output in workflow.outputs},
    }


def _input(name: str, table: Mapping[str, Any], notes: Notes) -> WorkflowInput:
    fields = Fields(f"input {name!r}: ", table, notes)
    said = fields.text("type") or InputType.STRING.value
    if said not in TYPES:
        fields.cannot_read("type", f"must be one of {', '.join(TYPES)}")
    kind = TYPES.get(said, InputType.STRING)
    least, most = map(fields.number, BOUNDS[kind]) if kind in BOUNDS else (None, None)
    wanted = WorkflowInput(
        name=name,
        type=kind,
        description=fields.text("description") or "",
        default=fields.anything("default"),
        least=least,
        most=most,
    )
    fields.end()
    return wanted


def _step(place: int, table: Mapping[str, Any], notes: Notes, schema_mistake: SchemaMistake) -> WorkflowStep | None:
    """None when it has no name that can be read."""
    named = table.get("name")
    fields = Fields(f"step {named!r}: " if isinstance(named, str) else f"step number {place}: ", table, notes)
    name, kind = fields.needed_text("name"), fields.text("kind") or PromptStep.kind
    if kind not in (PromptStep.kind, ApprovalStep.kind):
        fields.cannot_read("kind", f"must be {PromptStep.kind} or {ApprovalStep.kind}")
    prompt, needs = fields.needed_text("prompt"), fields.texts("needs")
    common: dict[str, Any] = {
        "name": name or "",
        "prompt": STAND_IN if prompt is None else prompt,
        "needs": needed_by(prompt or "") if needs is None else tuple(needs),
    }
    settings = {} if kind == ApprovalStep.kind else _settings(fields, schema_mistake)
    fields.end()
    if name is None:
        return None
    return ApprovalStep(**common) if kind == ApprovalStep.kind else PromptStep(**common, **settings)


def _settings(fields: Fields, schema_mistake: SchemaMistake) -> dict[str, Any]:
    """What a question to a model has besides."""
    schema, retries = fields.table_of("output_schema"), fields.whole_number("retries")
    if schema is not None and (why := schema_mistake(schema)):
        fields.wrong("output_schema", why)
    return {
        "system": fields.text("system") or "",
        "model": fields.text("model"),
        "output_schema": schema,
        "temperature": fields.number("temperature"),
        "max_tokens": fields.whole_number("max_tokens"),
        "retries": RETRIES if retries is None else retries,
    }


def _outputs(table: Mapping[str, Any], notes: Notes) -> Iterator[WorkflowOutput]:
    fields = Fields("output ", table, notes)
    for name in table:
        if (path := fields.text(name)) is not None:
            step, *inside = path.split(".")
            yield WorkflowOutput(name, step, tuple(inside))


def _input_table(wanted: WorkflowInput) -> dict[str, Any]:
    bounds = dict(zip(BOUNDS.get(wanted.type, ()), (wanted.least, wanted.most), strict=False))
    return _without_none(
        {"type": wanted.type.value, "description": wanted.description, "default": wanted.default, **bounds}
    )


def _step_table(step: WorkflowStep) -> dict[str, Any]:
    table = {"name": step.name, "kind": step.kind, "prompt": step.prompt, "needs": list(step.needs)}
    if isinstance(step, PromptStep):
        table |= {name: getattr(step, name) for name in SETTINGS}
    return _without_none(table)


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if value is not None}
