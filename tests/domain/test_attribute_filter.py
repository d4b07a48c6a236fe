"""Filters by attributes: kinds are not mixed, and nothing is deeper or longer than anyone needs."""

from typing import Any

import pytest

from domain.attribute_filter import Attributes, checked_attributes, checked_filter, matches
from domain.errors import InvalidInput


def one(kind: str, value: object, key: str = "k") -> dict[str, Any]:
    return {"type": kind, "key": key, "value": value}


@pytest.mark.parametrize(
    ("filter", "attributes", "passes"),
    [
        (one("eq", 1), {"k": 1.0}, True),
        (one("eq", 1), {"k": True}, False),
        (one("eq", "1"), {"k": 1}, False),
        (one("ne", 1), {}, True),
        (one("gt", 1), {}, False),
        (one("gt", "a"), {"k": "b"}, True),
        (one("gt", "a"), {"k": 1}, False),
        (one("lte", 2), {"k": 2}, True),
        (one("in", [1, "a"]), {"k": "a"}, True),
        (one("in", []), {"k": "a"}, False),
        (one("nin", [True]), {"k": 1}, True),
        ({"type": "and", "filters": []}, {}, True),
        ({"type": "or", "filters": []}, {}, False),
        ({"type": "or", "filters": [one("eq", 1), {"type": "and", "filters": [one("lt", 3)]}]}, {"k": 2}, True),
    ],
)
def test_what_passes(filter: dict[str, Any], attributes: Attributes, passes: bool) -> None:
    assert matches(checked_filter(filter), attributes) is passes


def test_what_is_refused() -> None:
    deep = one("eq", 1)
    for _ in range(4):
        deep = {"type": "and", "filters": [deep]}
    assert checked_filter(deep) == deep
    for filter in (
        {"type": "and", "filters": [deep]},
        {"type": "or", "filters": [one("eq", 1)] * 100},
        one("like", "x"),
        {"type": "eq", "value": 1},
        one("gt", True),
        one("eq", [1]),
        one("in", "abc"),
    ):
        with pytest.raises(InvalidInput):
            checked_filter(filter)
    for attributes in ({str(n): n for n in range(17)}, {"": 1}, {"k": "x" * 513}, {"k": 1e300}, {"k\x00": 1}):
        with pytest.raises(InvalidInput):
            checked_attributes(attributes)
