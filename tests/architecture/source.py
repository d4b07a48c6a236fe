"""The source files of Parley, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("domain", "application", "adapters", "entrypoints")


@dataclass(frozen=True)
class Source:
    """One Python file; `name` is its path in the checkout."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    @property
    def line_count(self) -> int:
        return self.text.count("\n")


def sources(*folders: str) -> list[Source]:
    """Every Python file below the folders, by name."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return [_source(file.relative_to(ROOT).as_posix()) for file in files]


@cache
def _source(name: str) -> Source:
    """Read and parsed once, however many rules look at it."""
    return Source(name, (ROOT / name).read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the full name of each module that is imported; a relative import begins with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`; empty when the node is not a name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name
    return ""
