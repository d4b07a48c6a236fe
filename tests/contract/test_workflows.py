"""What application/ports/workflows.py promises, asked of every catalogue."""

from pathlib import Path

import pytest

from adapters.schemas.json_schema import schema_mismatch
from adapters.workflows.toml_files import TomlWorkflows
from application.ports.workflows import WorkflowCatalogue
from domain.errors import WorkflowInvalid, WorkflowNotFound
from tests.support.workflow_mistakes import GOOD
from tests.support.workflows import from_toml


@pytest.fixture(params=["toml files"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> WorkflowCatalogue:
    """It has the workflows `notes` and `letters`, and one that cannot be used, `broken`."""
    for name, text in {"notes": GOOD, "letters": GOOD, "broken": GOOD.replace("[outputs]", "[output]")}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return TomlWorkflows([tmp_path], schema_mismatch=schema_mismatch)


def test_the_names_are_those_that_can_be_run_in_order(catalogue: WorkflowCatalogue) -> None:
    assert catalogue.names() == ("letters", "notes")


def test_a_workflow_is_under_its_name_and_stays_as_it_is(catalogue: WorkflowCatalogue) -> None:
    assert [catalogue.get(name).name for name in catalogue.names()] == list(catalogue.names())
    assert catalogue.get("notes").steps == from_toml(GOOD).steps
    assert catalogue.get("notes") == catalogue.get("notes")


@pytest.mark.parametrize("name", ["other", "", "Notes", "../notes", "notes.toml", "notes\0", "ß" * 1000])
def test_a_name_of_no_workflow_is_not_found(catalogue: WorkflowCatalogue, name: str) -> None:
    with pytest.raises(WorkflowNotFound):
        catalogue.get(name)


def test_one_that_has_mistakes_is_refused_and_told_to_the_operator_with_its_place(catalogue: WorkflowCatalogue) -> None:
    [fault] = catalogue.faults()
    assert "broken" in fault.source
    assert "there must be 1 to 50 outputs, not 0" in fault.mistakes
    with pytest.raises(WorkflowInvalid) as refused:
        catalogue.get("broken")
    assert refused.value.mistakes == fault.mistakes
