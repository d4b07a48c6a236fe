"""Usage on the wire. Money is a decimal number as text: as a number it would be rounded."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from application.usage.get_usage import UsageReport
from domain.price import amount
from domain.usage import CallOutcome, GroupBy, LedgerEntry, Purpose, Spending
from entrypoints.http.schemas import Out


class SpendingOut(Out):
    """`cached_tokens` and `cache_write_tokens` are part of the input, `reasoning_tokens` of the output."""

    calls: int
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: Annotated[dict[str, str], Field(description="by currency", examples=[{"USD": "0.0125"}])]
    unpriced_calls: int
    estimated_calls: int

    @classmethod
    def values(cls, spending: Spending) -> dict[str, Any]:
        return {
            "calls": spending.calls,
            "input_tokens": spending.input_tokens,
            "cached_tokens": spending.cached_tokens,
            "cache_write_tokens": spending.cache_write_tokens,
            "output_tokens": spending.output_tokens,
            "reasoning_tokens": spending.reasoning_tokens,
            "cost": {currency: amount(nanos) for currency, nanos in sorted(spending.nanos.items())},
            "unpriced_calls": spending.unpriced,
            "estimated_calls": spending.estimated,
        }


class UsageGroupOut(SpendingOut):
    """`group` is a day, a `provider:model`, or the id of a user or a key; null for calls without one."""

    group: str | int | None


class UsageReportOut(Out):
    group_by: GroupBy
    groups: list[UsageGroupOut]
    total: SpendingOut

    @classmethod
    def of(cls, group_by: GroupBy, report: UsageReport) -> "UsageReportOut":
        groups = [UsageGroupOut(group=group, **SpendingOut.values(spending)) for group, spending in report.groups]
        return cls(group_by=group_by, groups=groups, total=SpendingOut(**SpendingOut.values(report.total)))


class CallOut(Out):
    """One call of a provider. `cost` is null when nobody knows the price, which is not nothing."""

    id: int
    at: datetime
    owner: str
    user_id: int | None
    key_id: int | None
    run_id: int | None
    purpose: Purpose
    asked: Annotated[str, Field(description="the model that was asked for")]
    model: Annotated[str, Field(description="the `provider:model` that was called")]
    outcome: CallOutcome
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    estimated: bool
    cost: str | None
    currency: str | None
    price_version: str | None
    raw: Annotated[dict[str, Any], Field(description="as the provider reported it")]

    @classmethod
    def of(cls, entry: LedgerEntry) -> "CallOut":
        usage, cost = entry.usage, entry.cost
        return cls(
            id=entry.id or 0,
            at=entry.at,
            owner=entry.owner,
            user_id=entry.user_id,
            key_id=entry.key_id,
            run_id=entry.run_id,
            purpose=entry.purpose,
            asked=entry.asked,
            model=entry.model,
            outcome=entry.outcome,
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
            reasoning_tokens=usage.reasoning_tokens,
            estimated=entry.estimated,
            cost=amount(cost.nanos) if cost else None,
            currency=cost.currency if cost else None,
            price_version=cost.version if cost else None,
            raw=usage.raw,
        )
