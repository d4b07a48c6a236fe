"""The rule that nobody waits for a stranger inside a transaction."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.architecture.source import functions

BEGINNINGS = frozenset({"BeginTransaction", "BeginRead"})
TRANSACTIONS = frozenset({"Transaction", "ReadTransaction"})


def strangers_in_transactions(tree: ast.Module) -> list[str]:
    """Where a transaction waits for anything but itself, or hands control away while it is open.

    A transaction is what a field or a parameter of type BeginTransaction or BeginRead begins: always the only item of
    an `async with ... as tx`. Inside it, and inside every function that takes a transaction as an argument, only
    methods of `tx` are awaited, and functions that take `tx` and are held to the same rule: those of the same file,
    those imported from the application, and what a field or a parameter holds whose type is an alias of
    `Callable[[Transaction, ...], ...]`.
    """
    begin = _names_of_type(tree, BEGINNINGS)
    taken = [(function, tx) for function in functions(tree) for tx in _transaction_parameters(function)]
    held = _names_of_type(tree, frozenset(_aliases_of_helpers(tree)))
    helpers = Helpers(frozenset(function.name for function, _ in taken) | _imported(tree), frozenset(held))
    begun = [(node, tx) for node in ast.walk(tree) if isinstance(node, ast.AsyncWith) for tx in _begun_as(node, begin)]
    well_begun = {node.items[0].context_expr for node, _ in begun}
    badly_begun = [
        f"line {node.lineno}: a transaction that is not the only item of `async with ... as tx`"
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and _begins(node, begin) and node not in well_begun
    ]
    return badly_begun + [fault for node, tx in [*begun, *taken] for fault in _strangers(node.body, tx, helpers)]


def _imported(tree: ast.Module) -> frozenset[str]:
    """The names from other files of the application, whose functions with a transaction are looked at there."""
    return frozenset(
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("application.")
        for alias in node.names
    )


class Helpers(NamedTuple):
    """The names of functions, of this file and imported, and of fields of any object, that may be awaited with `tx`."""

    functions: frozenset[str]
    fields: frozenset[str]


def _aliases_of_helpers(tree: ast.Module) -> Iterator[str]:
    """The names of types that are functions of a transaction."""
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=alias)],
                value=ast.Subscript(
                    value=ast.Name(id="Callable"), slice=ast.Tuple(elts=[ast.List(elts=[ast.Name(id=taken), *_]), _])
                ),
            ) if taken in TRANSACTIONS:
                yield alias


def _names_of_type(tree: ast.Module, kinds: frozenset[str]) -> set[str]:
    """The fields and parameters that are annotated as one of `kinds`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is(node.annotation, kinds):
            names.add(node.target.id)
        elif isinstance(node, ast.arg) and _is(node.annotation, kinds):
            names.add(node.arg)
    return names


def _transaction_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = function.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in everything if _is(argument.annotation, TRANSACTIONS)]


def _is(annotation: ast.expr | None, kinds: frozenset[str]) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name in kinds
        case ast.Subscript(value=ast.Name(id=name)):  # of an alias with a type variable
            return name in kinds
    return False


def _begun_as(node: ast.AsyncWith, begin: set[str]) -> list[str]:
    """The name of the transaction that this `async with` properly begins, if it does."""
    match node.items:
        case [ast.withitem(context_expr=begins, optional_vars=ast.Name(id=tx))] if _begins(begins, begin):
            return [tx]
    return []


def _begins(node: ast.expr, begin: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name) | ast.Name(id=name)):
            return name in begin
    return False


def _strangers(body: Iterable[ast.stmt], tx: str, helpers: Helpers) -> Iterator[str]:
    for node in _here(body):
        match node:
            case ast.Await(value=awaited) if not (_is_of(tx, awaited) or _is_helped(tx, awaited, helpers)):
                yield f"line {node.lineno}: awaits {ast.unparse(awaited)} inside a transaction"
            case ast.AsyncFor() | ast.AsyncWith():
                yield f"line {node.lineno}: `async {'for' if isinstance(node, ast.AsyncFor) else 'with'}` inside one"
            case ast.comprehension(is_async=1):
                yield f"line {node.iter.lineno}: `async for` inside a transaction"
            case ast.Yield() | ast.YieldFrom():
                yield f"line {node.lineno}: yields inside a transaction"


def _here(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that run when `body` runs: a function defined in it does not."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _here(ast.iter_child_nodes(node))


def _is_of(tx: str, awaited: ast.expr) -> bool:
    """A call of a method of `tx` or of one of its repositories."""
    node = awaited.func if isinstance(awaited, ast.Call) else awaited
    inside = False
    while isinstance(node, ast.Attribute):
        node, inside = node.value, True
    return inside and isinstance(awaited, ast.Call) and isinstance(node, ast.Name) and node.id == tx


def _is_helped(tx: str, awaited: ast.expr, helpers: Helpers) -> bool:
    match awaited:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name) | ast.Name(id=name)):
            allowed = name in helpers.functions or (isinstance(awaited.func, ast.Name) and name in helpers.fields)
        case ast.Call(func=ast.Attribute(attr=name)):
            allowed = name in helpers.fields
        case _:
            return False
    given = [*awaited.args, *(keyword.value for keyword in awaited.keywords)]
    return allowed and any(isinstance(argument, ast.Name) and argument.id == tx for argument in given)
