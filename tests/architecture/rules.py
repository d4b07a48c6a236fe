"""Rules about one file. Each takes its tree and returns a complaint for each breach."""

import ast
import re
import sys

from tests.architecture.source import classes, imports, last_name

TELLS_TIME_OR_CHANCE = frozenset({"os", "random", "secrets", "time", "uuid"})
NOW = frozenset({"now", "today", "utcnow"})
SKIPS = frozenset({"importorskip", "skip", "skipif", "xfail"})


def foreign_imports(tree: ast.AST, *, allowed: frozenset[str]) -> list[str]:
    """What is imported beyond the standard library and the `allowed` packages."""
    return [
        f"line {line}: imports {name}"
        for line, name in imports(tree)
        if name.partition(".")[0] not in sys.stdlib_module_names | allowed
    ]


def time_and_chance(tree: ast.AST) -> list[str]:
    """Where the clock, chance or the environment is asked instead of being an argument."""
    asked = [
        f"line {line}: imports {name}" for line, name in imports(tree) if name.partition(".")[0] in TELLS_TIME_OR_CHANCE
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NOW and last_name(node.value) in {"date", "datetime"}:
            asked.append(f"line {node.lineno}: {ast.unparse(node)}")
    return asked


def type_checking(tree: ast.AST) -> list[str]:
    """TYPE_CHECKING hides a dependency from whoever reads the imports."""
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute | ast.alias)]
    return [f"line {node.lineno}: TYPE_CHECKING" for node in named if last_name(node) == "TYPE_CHECKING"]


def wiring(tree: ast.AST) -> list[str]:
    """dependency-injector's `@inject` and wiring need a global container."""
    return [f"line {line}: {name}" for line, name in imports(tree) if name == "dependency_injector.wiring"]


def prints(tree: ast.AST) -> list[str]:
    return [
        f"line {node.lineno}: print"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def skips(tree: ast.AST) -> list[str]:
    """A test that may be left out proves nothing."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and _root(node) == "pytest"
    ]


def use_case_form(tree: ast.AST, *, stem: str) -> list[str]:
    """A use case is one frozen, keyword-only dataclass with `__call__`, in a file of its name."""
    use_cases = [kind for kind in classes(tree) if _is_called(kind)]
    if len(use_cases) != 1:
        return [f"{len(use_cases)} classes with __call__, not 1"]
    use_case = use_cases[0]
    faults = []
    if re.sub(r"(?<!^)(?=[A-Z])", "_", use_case.name).lower() != stem:
        faults.append(f"{use_case.name} does not live in a file of its name")
    if not any({"frozen=True", "kw_only=True"} <= _arguments(decorator) for decorator in use_case.decorator_list):
        faults.append(f"{use_case.name} is not a frozen, keyword-only dataclass")
    return faults


def _is_called(kind: ast.ClassDef) -> bool:
    return any(isinstance(node, ast.AsyncFunctionDef) and node.name == "__call__" for node in kind.body)


def _arguments(decorator: ast.expr) -> set[str]:
    if isinstance(decorator, ast.Call) and last_name(decorator.func) == "dataclass":
        return {ast.unparse(keyword) for keyword in decorator.keywords}
    return set()


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
