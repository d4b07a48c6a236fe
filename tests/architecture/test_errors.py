"""The tree of refusals, as it is drawn and as the HTTP table knows it."""

import ast
import re

from domain import errors, not_found
from domain.errors import Refusal
from entrypoints.http.problems import STATUS, TITLES
from tests.architecture.source import PRODUCT, classes, last_name, sources


def children(kind: type[Refusal]) -> list[type[Refusal]]:
    """Those in domain/errors.py and what it hands on, in its order."""
    ours = (errors.__name__, not_found.__name__)
    return [child for child in kind.__subclasses__() if child.__module__ in ours]


def with_all_below(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(refusal for child in children(kind) for refusal in with_all_below(child))]


REFUSALS = with_all_below(Refusal)


def drawn(kind: type[Refusal], indent: str = "") -> list[str]:
    """The tree below `kind` as domain/errors.py draws it, without the remarks."""
    lines = []
    for child in children(kind):
        is_last = child is children(kind)[-1]
        lines.append(f"{indent}{'└' if is_last else '├'}── {child.__name__}")
        lines += drawn(child, indent + ("    " if is_last else "│   "))
    return lines


def called_names(tree: ast.AST) -> set[str]:
    return {last_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_a_narrower_refusal_of_an_adapter_keeps_the_code_that_is_public() -> None:
    known = {refusal.__name__ for refusal in REFUSALS}
    with_a_code = [
        f"{source.name}: {kind.name}"
        for source in sources(*PRODUCT)
        if source.name not in ("domain/errors.py", "domain/not_found.py")
        for kind in classes(source.tree)
        if known & {last_name(base) for base in kind.bases} and "code = " in ast.unparse(kind)
    ]
    assert with_a_code == []


def test_the_drawn_tree_is_the_real_one() -> None:
    picture = [line for line in (errors.__doc__ or "").splitlines() if line == "Refusal" or "── " in line]
    names = [re.match(r"[│├└─ ]*\w+", line) for line in picture]
    assert [name[0] for name in names if name] == ["Refusal", *drawn(Refusal)]


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [refusal.code for refusal in REFUSALS]
    assert len(codes) == len(set(codes))


def test_every_leaf_has_a_status() -> None:
    leaves = {refusal for refusal in REFUSALS if not children(refusal)}
    assert leaves - set(STATUS) == set()


def test_everything_that_is_raised_has_a_status_or_a_kind_that_has() -> None:
    named = {refusal.__name__: refusal for refusal in REFUSALS}
    raised = {named[name] for source in sources(*PRODUCT) for name in called_names(source.tree) & set(named)}
    assert [refusal for refusal in raised if not set(refusal.__mro__) & set(STATUS)] == []


def test_every_status_has_a_title() -> None:
    assert set(STATUS.values()) - set(TITLES) == set()
