"""The table of attacks in docs/security.md: no number is without a test that is there."""

import ast
import re

from tests.architecture.source import ROOT

NUMBERS = range(1, 46)


def table() -> dict[int, list[str]]:
    """The tests by number, as `file` or `file::test`."""
    rows = re.findall(r"(?m)^\| (\d+) \|.*\| (.+) \|$", (ROOT / "docs/security.md").read_text())
    return {int(number): re.findall(r"`([^`]+)`", tests) for number, tests in rows}


def names_in(file: str) -> set[str]:
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {each.name for each in functions if each.name.startswith("test_")}


def test_every_number_has_a_test_that_is_there() -> None:
    held = table()
    assert list(held) == list(NUMBERS)
    for number, tests in held.items():
        for test in tests:
            file, _, name = test.partition("::")
            there = names_in(file)
            assert (name in there) if name else there, (number, test)
    assert [number for number, tests in held.items() if not tests] == []
