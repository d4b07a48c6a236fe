"""What a step asks, with the inputs and what earlier steps said put in."""

from collections.abc import Mapping
from typing import Any

from domain.conversation import MESSAGE_CHARACTERS, PromptMessage, Role, Text
from domain.errors import InvalidInput
from domain.workflows.parts import PromptStep, WorkflowStep
from domain.workflows.template import (
    INPUTS,
    STEPS,
    Reference,
    Template,
    filled,
    read_template,
    renamed,
    tags_to_rename,
    value_of,
    words_for,
)


def rendered(step: WorkflowStep, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> str:
    """The step's prompt, filled. `inputs` are checked, and `outputs` has what each step said that this one needs.

    Raise InvalidInput naming the step when it becomes longer than a message may be.
    """
    return _filled(step, inputs, outputs)[0]


def messages_of(step: PromptStep, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> tuple[PromptMessage, ...]:
    """What the model is shown: `system` as it is, then the prompt as `rendered` makes it.

    When a tag of the prompt is renamed because a value holds it too, `system` calls it by the new name.
    """
    prompt, tags = _filled(step, inputs, outputs)
    system = (PromptMessage(Role.SYSTEM, (Text(renamed(step.system, tags)),)),) if step.system else ()
    return (*system, PromptMessage(Role.USER, (Text(prompt),)))


def _filled(step: WorkflowStep, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    template = read_template(step.prompt)
    values = {INPUTS: inputs, STEPS: outputs}
    said = {named: words_for(value_of(named, values)) for named in template.references}
    if (length := _length(template, said)) > MESSAGE_CHARACTERS:
        limit = f"at most {MESSAGE_CHARACTERS:,} characters, not {length:,}"
        raise InvalidInput(step.name, f"the prompt of this step, filled, must have {limit}")
    tags = tags_to_rename(template, said)
    return filled(template, said, tags), tags


def _length(template: Template, said: Mapping[Reference, str]) -> int:
    return sum(len(said[piece] if isinstance(piece, Reference) else piece) for piece in template.pieces)
