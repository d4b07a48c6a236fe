"""The picture of a workflow."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.workflows.chart import label, mermaid
from domain.workflows.parts import ApprovalStep, PromptStep, WorkflowOutput
from domain.workflows.workflow import StepState, Workflow
from tests.support.workflows import workflows

LABEL = r'"(?:[A-Za-z0-9 ]|#\d+;)+"'
NODE = rf"s\d+(?:\[{LABEL}\]|\{{\{{{LABEL}\}}\}}):::({'|'.join(StepState)})"
LINE = re.compile(rf"    (?:{NODE}|s\d+ --> s\d+|classDef [a-z]+ [a-z#0-9:,]+)")


def test_each_step_is_a_box_in_the_class_of_its_state_and_a_question_to_a_person_has_six_corners() -> None:
    workflow = Workflow(
        name="announcement",
        steps=(
            PromptStep(name="first_draft", prompt="Write."),
            ApprovalStep(name="end", prompt="Send {steps.first_draft}?", needs=("first_draft",)),
        ),
        outputs=(WorkflowOutput("sent", "end"),),
    )
    chart = mermaid(workflow, {"first_draft": StepState.COMPLETED, "end": StepState.WAITING})
    assert chart.splitlines()[:4] == [
        "flowchart TD",
        '    s1["first draft"]:::completed',
        '    s2{{"end"}}:::waiting',
        "    s1 --> s2",
    ]
    assert ["    classDef " + state for state in StepState] == [
        line[: line.index(" fill")] for line in chart.splitlines()[4:]
    ]
    assert '["first draft"]:::pending' in mermaid(workflow, {})


@settings(deadline=None)
@given(workflows(), st.data())
def test_a_chart_has_a_line_for_each_step_need_and_state_and_nothing_else(
    workflow: Workflow, data: st.DataObject
) -> None:
    states = data.draw(
        st.dictionaries(st.sampled_from([step.name for step in workflow.steps]), st.sampled_from(StepState))
    )
    first, *lines = mermaid(workflow, states).splitlines()
    assert first == "flowchart TD"
    assert all(LINE.fullmatch(line) for line in lines)
    assert len(lines) == len(workflow.steps) + sum(len(step.needs) for step in workflow.steps) + len(StepState)
    shown = [found[1] for line in lines if (found := LINE.fullmatch(line)) and found[1]]
    assert shown == [states.get(step.name, StepState.PENDING) for step in workflow.steps]


@settings(deadline=None)
@given(st.text())
def test_no_text_can_get_out_of_its_label_and_every_character_is_told(text: str) -> None:
    said = label(text)
    assert re.fullmatch(LABEL, said)
    assert re.sub(r"#(\d+);", lambda number: chr(int(number[1])), said[1:-1]) == (text or " ")
