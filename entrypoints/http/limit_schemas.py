"""Limits on the wire."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.limits import BILLION, Limits, Measure, Standing
from entrypoints.http.schemas import Body, Out, body_example

Count = Annotated[StrictInt, Field(ge=0, le=10**15)]
MOST_MONEY = 10**9
DECIMAL = r"^([0-9]{1,9}(\.[0-9]{1,9})?|1000000000)$"
"""Up to MOST_MONEY, in billionths: what the ledger counts in."""


def _decimal_text(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(DECIMAL.strip("^$"), value):
        raise PydanticCustomError("decimal_text", "must be a decimal number of at most 1000000000, like 20.00")
    return value


Money = Annotated[
    Decimal,
    Field(ge=0, le=MOST_MONEY),
    BeforeValidator(_decimal_text),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": MOST_MONEY}, {"type": "string", "pattern": DECIMAL}]}
    ),
]


class LimitsBody(Body):
    """What is left out or null is as the server has it; 0 lets nothing in."""

    model_config = body_example({"requests_per_minute": 60, "tokens_per_day": 1_000_000, "cost_per_month": "20.00"})

    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    streams: Count | None = None
    tokens_per_day: Count | None = None
    tokens_per_month: Count | None = None
    cost_per_day: Money | None = None
    cost_per_month: Money | None = None

    def limits(self) -> Limits:
        return Limits(**self.model_dump())


class LimitOut(Out):
    """`scope` is whose use is counted together: this key's, this user's with all keys, or everybody's."""

    scope: str
    limit: str
    most: int | Decimal
    left: int | Decimal
    resets_in_seconds: Annotated[int | None, Field(description="null for what is held until it is closed")]

    @classmethod
    def of(cls, standing: Standing) -> "LimitOut":
        bound, is_cost = standing.bound, standing.bound.measure is Measure.COST
        return cls(
            scope=bound.scope,
            limit=bound.name,
            most=Decimal(bound.most) / BILLION if is_cost else bound.most,
            left=Decimal(standing.left) / BILLION if is_cost else standing.left,
            resets_in_seconds=max(1, round(standing.resets_after_seconds)) if bound.period else None,
        )


class LimitsOut(Out):
    currency: str
    limits: list[LimitOut]
    document_bytes: int = Field(description="the most that one uploaded document may have")
