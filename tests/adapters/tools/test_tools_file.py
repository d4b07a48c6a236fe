"""An operator's file of tools: what is a tool in it, and how its mistakes are told."""

from pathlib import Path

import pytest

from adapters.tools.tools_file import ToolsFileBroken, load_tools

GOOD = '''
from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, wraps
from os.path import join
from typing import Annotated

from adapters.tools import ToolFailed, tool

LIMIT = 3


@dataclass
class Order:
    dish: str


def _helper(x): ...


def plain(order: Order, number: Annotated[int, "how many"] = LIMIT) -> str:
    """Plain."""


@tool(name="other", approval="never")
async def marked() -> None:
    """Marked."""


again = plain
anonymous = lambda x: x  # noqa: E731
'''
BROKEN = {
    "syntax": ("x = 1\ndef f(:\n", "line 2: invalid syntax"),
    "import": ("\nimport nothing_like_this\n", "line 2: ModuleNotFoundError: No module named 'nothing_like_this'"),
    "raises": ("def f():\n    return 1 / 0\n\nf()\n", "line 2: ZeroDivisionError: division by zero"),
    "exits": ("import sys\nsys.exit('no')\n", "line 2: SystemExit: no"),
    "reads": ("\n\nopen('/nowhere/at/all')\n", "line 3: FileNotFoundError"),
    "mark": (
        "from adapters.tools import tool\n\n@tool(approval='maybe')\ndef f():\n    'x'\n",
        "line 3: ValueError: 'maybe'",
    ),
    "no hint": ("\ndef f(x):\n    'x'\n", "line 2: f cannot be a tool: its parameter 'x' has no type hint"),
    "no docstring": ("def f() -> int:\n    return 1\n", "line 1: f cannot be a tool: it has no docstring"),
    "twice": (
        "from adapters.tools import tool\ndef f():\n    'x'\n@tool(name='f')\ndef g():\n    'x'\n",
        "line 4: g: another tool is called f too",
    ),
    "empty": ("import json\n", "has no public function"),
    "not text": ("\0", "null bytes"),
}


def test_public_functions_that_are_written_in_it_are_tools(tmp_path: Path) -> None:
    path = tmp_path / "my_tools.py"
    path.write_text(GOOD)
    tools = {tool.definition.name: tool.definition for tool in load_tools(path)}
    assert list(tools) == ["plain", "other"]
    assert tools["plain"].spec.parameters is not None
    assert tools["plain"].spec.parameters["properties"]["number"]["description"] == "how many"


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "my_tools.py"
    path.write_text(text)
    with pytest.raises(ToolsFileBroken) as broken:
        load_tools(path)
    assert str(broken.value).startswith(str(path))
    assert said in str(broken.value)


@pytest.mark.parametrize(("name", "said"), [("gone.py", "does not exist"), ("tools.txt", "must end in .py")])
def test_a_file_that_is_none(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ToolsFileBroken, match=said):
        load_tools(tmp_path / name)
