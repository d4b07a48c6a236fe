"""Workflows in folders of TOML files, as operators write, replace and break them."""

import os
from pathlib import Path

import pytest

from adapters.schemas.json_schema import schema_mismatch
from adapters.workflows.toml_files import FILE_BYTES, FILES, SHIPPED, TomlWorkflows
from domain.errors import WorkflowInvalid
from tests.support.workflow_mistakes import GOOD

EVERY_KIND_OF_MISTAKE = """
titel = "Notes"

[inputs.topic]
[inputs.Count]
type = "integer"
default = "a"
[inputs.size]
type = "integer"
minimum = 5
maximum = 1
[inputs.flag]
type = "bool"
[inputs.mood]

[[steps]]
name = "notes"
kind = "aprompt"
prompt = "{inputs.topik} {steps.draft.title} {inputs.topic.x} {inputs.Count} {topic} {"
retries = 99
temperature = true
promt = "x"
[steps.output_schema]
type = "strng"

[[steps]]
name = "notes"
prompt = ""

[[steps]]
prompt = 5

[[steps]]
name = "draft"
needs = ["final", "final", "nobody"]
prompt = "{steps.final} {steps.notes}"

[[steps]]
name = "final"
prompt = "{steps.draft}{inputs.size}{inputs.flag}"
model = " "

[[steps]]
name = "ok"
kind = "approval"
system = "Be nice."
prompt = "Well?\\u0000"

[outputs]
final = "finale"
draft = "draft.text"
other = 5
"""
SAID = """\
input 'flag': type: must be one of string, integer, number, boolean
step 'notes': kind: must be prompt or approval
step 'notes': output_schema: is not a JSON Schema: $.type: 'strng' is not valid under any of the given schemas
step 'notes': temperature: must be a number
step 'notes': there is no field 'promt'; did you mean 'prompt'?
step number 3: name: is missing
step number 3: prompt: must be a text
step 'ok': there is no field 'system'; there are: name, kind, prompt, needs
output other: must be a text
there is no field 'titel'; did you mean 'title'?
input 'Count': the name must be a small letter, then at most 62 small letters, digits and _
step 'notes': there are 2 of this name
input 'Count': default: must be a whole number
input 'size': its lower bound, 5, is above its upper bound, 1
step 'notes': prompt: line 1 has '{topic}', which names nothing: it must be {inputs.NAME} or {steps.NAME}, and a brace \
that means itself is written twice
step 'notes': prompt: line 1 has a single {; a brace that means itself is written twice
step 'notes': retries: must be from 0 to 10
step 'notes': output_schema: must describe an object: type = "object"
step 'notes': there is no input 'topik'; did you mean 'topic'?
step 'notes': {steps.draft.title} looks for the field 'title' in what has no fields
step 'notes': {inputs.topic.x} looks for the field 'x' in what has no fields
step 'notes': prompt: must not be empty
step 'draft': needs: must name 'notes', of which the prompt speaks
step 'draft': needs: names 'final' twice
step 'draft': there is no step 'nobody'
step 'final': model: must not be empty
step 'ok': prompt: must not contain the character NUL (U+0000)
output 'final': there is no step 'finale'; did you mean 'final'?
output 'draft': {steps.draft.text} looks for the field 'text' in what has no fields
the steps wait for one another in a circle: draft → final → draft"""


def catalogue(*folders: Path) -> TomlWorkflows:
    return TomlWorkflows(folders, schema_mismatch=schema_mismatch)


def written(folder: Path, name: str, content: str | bytes = GOOD) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def mistakes_in(file: Path) -> tuple[str, ...]:
    """Those of the only fault that there is, which names the file."""
    [fault] = catalogue(file.parent).faults()
    assert fault.source == str(file)
    return fault.mistakes


def test_every_mistake_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    assert "\n".join(mistakes_in(written(tmp_path, "bad.toml", EVERY_KIND_OF_MISTAKE))) == SAID


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("title = ", "is not TOML: "),
        (GOOD + GOOD, "is not TOML: "),
        (b'title = "\xff"', "is not TOML: 'utf-8' codec can't decode byte 0xff in position 9"),
        ("x = " + "[" * 50_000, "is not TOML: "),
        ("x = 1" + "0" * 5_000, "is not TOML: "),
        (GOOD + "#" * FILE_BYTES, "cannot be read: it has more than 131,072 bytes"),
        ("", "there must be 1 to 50 steps, not 0"),
    ],
    ids=["cut", "twice", "not UTF-8", "deep", "a long number", "large", "empty"],
)
def test_a_file_that_is_no_definition_is_a_fault(tmp_path: Path, content: str | bytes, says: str) -> None:
    assert mistakes_in(written(tmp_path, "bad.toml", content))[0].startswith(says)


def test_what_is_no_file_is_a_fault_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a_pipe.toml")
    (tmp_path / "b_folder.toml").mkdir()
    (tmp_path / "c_link.toml").symlink_to(tmp_path / "nowhere")
    assert [fault.mistakes for fault in catalogue(tmp_path).faults()] == [("cannot be read: it is no file",)] * 3


def test_a_link_to_a_file_an_editors_mark_and_lines_of_windows_are_no_mistake(tmp_path: Path) -> None:
    elsewhere = written(tmp_path / "elsewhere", "data", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    (tmp_path / "notes.toml").symlink_to(elsewhere)
    assert catalogue(tmp_path).get("notes") == catalogue(written(tmp_path / "plain", "notes.toml").parent).get("notes")


@pytest.mark.parametrize("name", [".notes.toml", "notes.toml~", "notes.txt", "README"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    written(tmp_path, name, "?")
    assert (catalogue(tmp_path).names(), catalogue(tmp_path).faults()) == ((), ())


@pytest.mark.parametrize("name", ["My notes.toml", "1.toml", "x" * 64 + ".toml", b"\xff.toml"])
def test_a_file_whose_name_is_no_name_of_a_workflow_is_a_fault_that_can_be_printed(
    tmp_path: Path, name: str | bytes
) -> None:
    written(tmp_path, os.fsdecode(name))
    [fault] = catalogue(tmp_path).faults()
    assert "must be a small letter" in fault.mistakes[0]
    f"{fault.source} {fault.mistakes}".encode()


def test_a_folder_that_is_not_there_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    both = catalogue(tmp_path / "nowhere", SHIPPED)
    assert "blog" in both.names()
    [fault] = both.faults()
    assert (fault.source, fault.mistakes) == (
        str(tmp_path / "nowhere"),
        ("cannot be read: No such file or directory",),
    )


def test_there_is_an_end_to_how_many_files_are_read(tmp_path: Path) -> None:
    for number in range(FILES + 1):
        written(tmp_path, f"n{number:03}.toml", "")
    found = catalogue(tmp_path).faults()
    assert len(found) == FILES + 1
    assert found[0].mistakes == ("has 201 files, of which the first 200 are read",)


def test_a_file_takes_the_place_of_the_shipped_one_also_when_it_cannot_be_used(tmp_path: Path) -> None:
    written(tmp_path, "blog.toml")
    assert catalogue(SHIPPED, tmp_path).get("blog").title == "Notes"
    written(tmp_path, "blog.toml", "?")
    mixed = catalogue(SHIPPED, tmp_path)
    assert "blog" not in mixed.names()
    assert "review" in mixed.names()
    with pytest.raises(WorkflowInvalid) as refused:
        mixed.get("blog")
    assert str(tmp_path) not in str(refused.value)
