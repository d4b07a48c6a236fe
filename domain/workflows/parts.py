"""What a workflow is made of: inputs, steps and outputs. Their rules are in `rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from domain.tool import JsonSchema
from domain.workflows.template import STEPS, read_template

INPUT_CHARACTERS = 10_000
"""The longest text that an input takes unless it says otherwise."""
LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""

RETRIES = 1

InputValue = str | int | float | bool


class InputType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowInput:
    """What the caller gives; it must be given when there is no default.

    `least` and `most` bound a number, and of a text how many characters it has.
    """

    name: str
    type: InputType = InputType.STRING
    description: str = ""
    default: InputValue | None = None
    least: float | None = None
    most: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Those that are in force."""
        least, most = -LARGEST_NUMBER, LARGEST_NUMBER
        if self.type is InputType.STRING:
            least, most = int(self.must_say_something), INPUT_CHARACTERS
        return least if self.least is None else self.least, most if self.most is None else self.most

    @property
    def must_say_something(self) -> bool:
        """A text that must be given must not be blank."""
        return self.type is InputType.STRING and self.default is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStep:
    """A question to a model. `prompt` is a template; `system` is said as it is: nothing of a caller gets into it.

    The output is the answer's text; with an `output_schema` it is JSON that fits the schema. A step that fails is tried
    again at most `retries` times. What is None is the server's, or the model's own.
    """

    kind: ClassVar[str] = "prompt"

    name: str
    prompt: str
    needs: tuple[str, ...] = ()
    system: str = ""
    model: str | None = None
    output_schema: Mapping[str, Any] | None = field(default=None, hash=False)
    temperature: float | None = None
    max_tokens: int | None = None
    retries: int = RETRIES

    @property
    def json_schema(self) -> JsonSchema | None:
        """The shape of the answer, as a model is told of it."""
        return None if self.output_schema is None else JsonSchema(self.name, self.output_schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStep:
    """A question to a person, who is shown `prompt`, filled; the steps that need this one wait for a yes.

    The output is what was remarked with it, as `approved` makes it.
    """

    kind: ClassVar[str] = "approval"
    output_schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"comment": {"type": "string", "description": "what was remarked; may be empty"}},
        "required": ["comment"],
        "additionalProperties": False,
    }

    name: str
    prompt: str
    needs: tuple[str, ...] = ()


WorkflowStep = PromptStep | ApprovalStep


@dataclass(frozen=True, slots=True)
class WorkflowOutput:
    """A name in what the workflow answers, and the step that says it, or the `fields` inside what that step says."""

    name: str
    step: str
    fields: tuple[str, ...] = ()


def needed_by(prompt: str) -> tuple[str, ...]:
    """The steps that a prompt speaks of, in its order: those that its step needs at least."""
    return tuple(dict.fromkeys(named.name for named in read_template(prompt).references if named.source == STEPS))


def approved(comment: str | None = None) -> dict[str, str]:
    """The output of an approval step that was approved."""
    return {"comment": comment or ""}
