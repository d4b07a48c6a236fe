"""Every route has its place in the table of what it asks of its caller, and nothing else has."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.access import Need
from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.http.route_table import AUDITED, NEEDS, SPENDS, RouteTable
from entrypoints.settings import Settings

OF_LATER = {"DELETE /documents/{id}", "DELETE /v1/files/{id}"}


def routes_of(app: Any) -> Iterator[str]:
    """`METHOD /path`, a socket's method being WS."""
    for route in app.routes:
        included = getattr(route, "original_router", None)
        for each in included.routes if included else [route]:
            for method in sorted((getattr(each, "methods", None) or {"WS"}) - {"HEAD"}):
                yield f"{method} {each.path}"


def real_routes() -> set[str]:
    app = create_app(Container(settings=Settings(database_url="memory://")))
    return {re.sub(r":\w+}", "}", route) for route in routes_of(app)}


LISTED = [re.sub(r":\w+}", "}", route) for routes in NEEDS.values() for route in routes]


def test_every_route_says_what_it_asks_of_its_caller() -> None:
    assert real_routes() - set(LISTED) == set()


def test_what_is_listed_is_there_and_listed_once() -> None:
    assert set(LISTED) - real_routes() == set()
    assert len(LISTED) == len(set(LISTED))
    assert (set(AUDITED) | SPENDS) - real_routes() - OF_LATER == set()


@pytest.mark.parametrize("need", list(NEEDS))
def test_each_route_is_found_under_its_need(need: Need) -> None:
    table = RouteTable()
    for route in NEEDS[need]:
        method, path = route.split()
        concrete = "/".join("7" if part.startswith("{") else part for part in path.split("/"))
        kind = {"type": "websocket"} if method == "WS" else {"type": "http", "method": method}
        assert table.find({**kind, "path": concrete}).need is need, route


def test_what_is_no_route_asks_for_a_credential() -> None:
    table = RouteTable()
    for method, path in (
        ("TRACE", "/chat"),
        ("DELETE", "/chat"),
        ("GET", "/nothing"),
        ("GET", "/health/livid"),
        ("GET", ""),
    ):
        assert table.find({"type": "http", "method": method, "path": path}).need is not Need.NOTHING
