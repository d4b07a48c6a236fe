"""What calls of providers have cost: sums, and the calls one by one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from application.usage.wanted import DAYS, Wanted
from domain import errors
from domain.access import KeyId, UserId
from domain.usage import GroupBy
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.moments import Day
from entrypoints.http.paging import link_next
from entrypoints.http.schemas import Id
from entrypoints.http.usage_schemas import CallOut, UsageReportOut

router = APIRouter(prefix="/usage", tags=["usage"])


async def _wanted(
    from_: Annotated[
        Day | None, Query(alias="from", description=f"the first day, of UTC; else {DAYS} days up to `to`")
    ] = None,
    to: Annotated[Day | None, Query(description="the last day, which is in it; else today")] = None,
    user_id: Annotated[Id | None, Query(description="of this user; of others only for admins")] = None,
    key_id: Annotated[Id | None, Query(description="of this key")] = None,
    everybody: Annotated[bool, Query(description="of all users; only for admins")] = False,
) -> Wanted:
    return Wanted(
        first=from_,
        last=to,
        user_id=UserId(user_id) if user_id else None,
        key_id=KeyId(key_id) if key_id else None,
        everybody=everybody,
    )


Question = Annotated[Wanted, Depends(_wanted)]


@router.get("", responses=problems(errors.Forbidden), summary="What was used, and what it cost")
async def get_usage(
    services: Services,
    caller: Caller,
    wanted: Question,
    group_by: Annotated[GroupBy, Query(description="what the sums are told apart by")] = GroupBy.DAY,
) -> UsageReportOut:
    """Every call of a provider is in it: answers, steps, titles, vectors, and those that failed or were left.

    `cost` is exact, by currency. `unpriced_calls` are in the tokens and not in the cost, because nobody knows their
    price; of `estimated_calls` the provider has not said what they used.
    """
    return UsageReportOut.of(group_by, await services.usage().get_usage(caller, wanted, by=group_by))


@router.get("/calls", responses=problems(errors.Forbidden), summary="The calls of providers, newest first")
async def list_calls(
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    wanted: Question,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    before: Annotated[Id | None, Query(description="only ids below this one: the cursor")] = None,
) -> list[CallOut]:
    """To be held against an invoice: `raw` is what the provider has reported, in its own words.

    When there is more, the `Link` header has the next page as `rel="next"`.
    """
    page, more = await services.usage().list_calls(caller, wanted, below=before, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id or 0)
    return [CallOut.of(entry) for entry in page]
