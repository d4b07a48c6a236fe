"""The limits that are in force, what is left of them, and those that admins give."""

from typing import Annotated

from fastapi import APIRouter, Path

from domain import errors
from domain.access import UserId
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.limit_schemas import LimitOut, LimitsBody, LimitsOut
from entrypoints.http.schemas import Id

router = APIRouter(tags=["limits"])

UserPath = Annotated[Id, Path(description="a user's id", examples=[1])]


@router.get("/limits", responses=problems(), summary="What may be used, and what is left of it")
async def get_limits(services: Services, caller: Caller) -> LimitsOut:
    """Yours and your key's, and those for all together. An empty list says that nothing is limited."""
    standings = await services.limits().get(caller)
    settings = services.settings()
    limits = [LimitOut.of(each) for each in standings]
    return LimitsOut(currency=settings.limit_currency, limits=limits, document_bytes=settings.document_bytes)


@router.put(
    "/admin/users/{id}/limits",
    status_code=204,
    tags=["admin"],
    responses=problems(errors.UserNotFound),
    summary="Give a user limits of their own",
)
async def give_limits(id: UserPath, body: LimitsBody, services: Services) -> None:
    """In place of those before. What they say nothing of is as the server has it for all users."""
    await services.limits().give(body.limits(), user_id=UserId(id))


@router.delete(
    "/admin/users/{id}/limits",
    status_code=204,
    tags=["admin"],
    responses=problems(errors.UserNotFound),
    summary="Take a user's own limits away",
)
async def take_limits_away(id: UserPath, services: Services) -> None:
    """Then those of the server are in force."""
    await services.limits().give(None, user_id=UserId(id))
