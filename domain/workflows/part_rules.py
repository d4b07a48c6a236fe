"""What each input and each step of a workflow must be, looked at alone. A mistake is a sentence without its place."""

from collections.abc import Iterator

from domain.conversation import checked_text
from domain.errors import InvalidInput
from domain.workflows.inputs import checked_value
from domain.workflows.output_schema import schema_mistakes
from domain.workflows.parts import LARGEST_NUMBER, InputType, PromptStep, WorkflowInput, WorkflowStep
from domain.workflows.template import STEPS, read_template

PROMPT_CHARACTERS = 50_000
DESCRIPTION_CHARACTERS = 2_000
MODEL_CHARACTERS = 200
LONGEST_INPUT = 100_000
HOTTEST = 2
MOST_OUTPUT_TOKENS = 1_000_000
MOST_RETRIES = 10
BOUND_LIMITS = {
    InputType.STRING: (0, LONGEST_INPUT),
    InputType.INTEGER: (-LARGEST_NUMBER, LARGEST_NUMBER),
    InputType.NUMBER: (-LARGEST_NUMBER, LARGEST_NUMBER),
}


def input_mistakes(wanted: WorkflowInput) -> Iterator[str]:
    yield from text_mistakes("description", wanted.description, DESCRIPTION_CHARACTERS)
    if (bounds := _bounds_mistake(wanted)) is not None:
        yield bounds
    elif wanted.default is not None:
        try:
            checked_value(wanted, wanted.default)
        except InvalidInput as refusal:
            yield f"default: {str(refusal).removeprefix(f'{refusal.field}: ')}"


def step_mistakes(step: WorkflowStep) -> Iterator[str]:
    yield from text_mistakes("prompt", step.prompt, PROMPT_CHARACTERS, may_be_empty=False)
    template = read_template(step.prompt)
    yield from (f"prompt: {mistake}" for mistake in template.mistakes)
    for name in dict.fromkeys(named.name for named in template.references if named.source == STEPS):
        if name not in step.needs:
            yield f"needs: must name {name!r}, of which the prompt speaks"
    yield from (f"needs: names {name!r} twice" for name in dict.fromkeys(step.needs) if step.needs.count(name) > 1)
    if isinstance(step, PromptStep):
        yield from _setting_mistakes(step)


def text_mistakes(field: str, text: str, longest: int, *, may_be_empty: bool = True) -> Iterator[str]:
    if text or not may_be_empty:
        try:
            checked_text(text, field=field, longest=longest)
        except InvalidInput as refusal:
            yield str(refusal)


def _bounds_mistake(wanted: WorkflowInput) -> str | None:
    given = [bound for bound in (wanted.least, wanted.most) if bound is not None]
    if wanted.type is InputType.BOOLEAN:
        return "true or false has no bounds" if given else None
    least, most = BOUND_LIMITS[wanted.type]
    if not all(least <= bound <= most for bound in given):
        return f"its bounds must be from {least:,} to {most:,}"
    if wanted.type is not InputType.NUMBER and any(isinstance(bound, float) for bound in given):
        return "its bounds must be whole numbers"
    if wanted.bounds[0] > wanted.bounds[1]:
        return f"its lower bound, {wanted.bounds[0]:,}, is above its upper bound, {wanted.bounds[1]:,}"
    return None


def _setting_mistakes(step: PromptStep) -> Iterator[str]:
    yield from text_mistakes("system", step.system, PROMPT_CHARACTERS)
    if step.model is not None:
        yield from text_mistakes("model", step.model, MODEL_CHARACTERS, may_be_empty=False)
    if step.temperature is not None and not 0 <= step.temperature <= HOTTEST:
        yield f"temperature: must be from 0 to {HOTTEST}"
    if step.max_tokens is not None and not 1 <= step.max_tokens <= MOST_OUTPUT_TOKENS:
        yield f"max_tokens: must be from 1 to {MOST_OUTPUT_TOKENS:,}"
    if not 0 <= step.retries <= MOST_RETRIES:
        yield f"retries: must be from 0 to {MOST_RETRIES}"
    if step.output_schema is not None:
        yield from (f"output_schema: {mistake}" for mistake in schema_mistakes(step.output_schema))
