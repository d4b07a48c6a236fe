"""Which files of a vector store are searched, as their attributes say: the filter in OpenAI's words."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.conversation import storable
from domain.errors import InvalidInput

Attribute = str | float | bool
Attributes = Mapping[str, Attribute]
Filter = Mapping[str, Any]
"""`{"type": "eq", "key": ..., "value": ...}`, or `{"type": "and", "filters": [...]}` of such."""

DEEPEST = 5
MOST_CONDITIONS = 100
PAIRS = 16
KEY_CHARACTERS = 64
VALUE_CHARACTERS = 512
LARGEST_NUMBER = 2.0**53
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
COMPARISONS = ("eq", "ne", *_ORDERS, "in", "nin")
COMPOUNDS = ("and", "or")


def checked_attributes(value: Attributes, *, field: str = "attributes") -> dict[str, Attribute]:
    """A copy, or InvalidInput naming `field`."""
    if len(value) > PAIRS:
        raise InvalidInput(field, f"must have at most {PAIRS} pairs, not {len(value):,}")
    for key, said in value.items():
        if not 0 < len(key) <= KEY_CHARACTERS:
            raise InvalidInput(field, f"a key must have 1 to {KEY_CHARACTERS} characters, not {len(key):,}")
        storable(key, field=field)
        if isinstance(said, str):
            storable(said, field=field)
            if len(said) > VALUE_CHARACTERS:
                raise InvalidInput(field, f"a value must have at most {VALUE_CHARACTERS} characters, not {len(said):,}")
        elif not -LARGEST_NUMBER <= said <= LARGEST_NUMBER:
            raise InvalidInput(field, "a number must be from -2^53 to 2^53")
    return dict(value)


def checked_filter(value: Filter, *, field: str = "filters") -> Filter:
    """The same, or InvalidInput naming `field`: an operator that there is not, or more than anyone needs."""
    counted = [0]
    _check(value, field, 1, counted)
    return value


def matches(filter: Filter, attributes: Attributes) -> bool:
    """Whether a file with these attributes is searched. A key that it does not have equals nothing.

    Numbers, texts and truths are equal to their own kind only, and ordered within it.
    """
    kind = filter["type"]
    if kind in COMPOUNDS:
        found = (matches(each, attributes) for each in filter["filters"])
        return all(found) if kind == "and" else any(found)
    has, wanted = attributes.get(filter["key"]), filter["value"]
    if kind in _ORDERS:
        return _kind(has) == _kind(wanted) and _ORDERS[kind](has, wanted)
    if kind in ("eq", "ne"):
        return _same(has, wanted) is (kind == "eq")
    return any(_same(has, each) for each in wanted) is (kind == "in")


def _check(value: Filter, field: str, depth: int, counted: list[int]) -> None:
    counted[0] += 1
    if depth > DEEPEST or counted[0] > MOST_CONDITIONS:
        raise InvalidInput(field, f"must be at most {DEEPEST} deep, of at most {MOST_CONDITIONS} conditions")
    kind, wanted = value.get("type"), value.get("value")
    if kind in COMPOUNDS:
        for place, each in enumerate(value.get("filters") or ()):
            _check(each, f"{field}.filters[{place}]", depth + 1, counted)
        return
    if kind not in COMPARISONS or not isinstance(value.get("key"), str):
        raise InvalidInput(field, f"must be one of {', '.join((*COMPARISONS, *COMPOUNDS))}, with what it needs")
    is_list = isinstance(wanted, Sequence) and not isinstance(wanted, str)
    if is_list is not (kind in ("in", "nin")):
        raise InvalidInput(f"{field}.value", "must be a list for `in` and `nin`, and for nothing else")
    if kind in _ORDERS and isinstance(wanted, bool):
        raise InvalidInput(f"{field}.value", "goes only with `eq` and `ne`: true is no more than false")


def _same(one: object, other: object) -> bool:
    return _kind(one) == _kind(other) and one == other


def _kind(value: object) -> str:
    """Of numbers, whole ones are no other kind; truths are none."""
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
