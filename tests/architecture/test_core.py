"""The core: no framework, no clock, no chance, no hidden import."""

import ast
from functools import partial

import pytest

from tests.architecture.rules import foreign_imports, time_and_chance, type_checking, wiring
from tests.architecture.source import PRODUCT, Source, sources

ALLOWED = {"domain": frozenset({"domain"}), "application": frozenset({"anyio", "application", "domain"})}

BAD = [
    (partial(foreign_imports, allowed=ALLOWED["domain"]), "import anyio"),
    (partial(foreign_imports, allowed=ALLOWED["domain"]), "from application.runs import worker"),
    (partial(foreign_imports, allowed=ALLOWED["domain"]), "def f():\n    import pydantic.fields"),
    (partial(foreign_imports, allowed=ALLOWED["application"]), "from sqlalchemy import select"),
    (partial(foreign_imports, allowed=ALLOWED["application"]), "from ..adapters import sql"),
    (time_and_chance, "from datetime import datetime\nx = datetime.now()"),
    (time_and_chance, "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (time_and_chance, "x = datetime.date.today()"),
    (time_and_chance, "from time import time"),
    (time_and_chance, "from uuid import uuid4"),
    (time_and_chance, "import random"),
    (time_and_chance, "import secrets"),
    (time_and_chance, "from os import environ"),
    (type_checking, "from typing import TYPE_CHECKING"),
    (type_checking, "import typing\nif typing.TYPE_CHECKING: import fastapi"),
    (wiring, "from dependency_injector.wiring import inject"),
]


@pytest.mark.parametrize("source", sources("domain", "application"), ids=lambda source: source.name)
def test_the_core_imports_the_standard_library_and_itself(source: Source) -> None:
    assert foreign_imports(source.tree, allowed=ALLOWED[source.name.partition("/")[0]]) == []


@pytest.mark.parametrize("source", sources("domain", "application"), ids=lambda source: source.name)
def test_time_identity_and_randomness_are_arguments(source: Source) -> None:
    assert time_and_chance(source.tree) == []


def test_no_import_is_hidden_from_the_linter() -> None:
    assert [(source.name, line) for source in sources(*PRODUCT) for line in type_checking(source.tree)] == []


def test_nothing_is_wired() -> None:
    assert [(source.name, line) for source in sources(*PRODUCT) for line in wiring(source.tree)] == []


@pytest.mark.parametrize(("rule", "text"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_the_rules_bite(rule: partial[list[str]], text: str) -> None:
    assert len(rule(ast.parse(text))) == 1


def test_a_clock_that_is_an_argument_is_no_breach() -> None:
    assert time_and_chance(ast.parse("from datetime import datetime\nx: datetime = self.now()")) == []
