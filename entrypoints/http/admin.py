"""What admins do: users, invitations, the audit log."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from domain import errors
from domain.access import UserId
from domain.user import AuditId, InvitationId
from entrypoints.http.access_schemas import (
    AuditOut,
    InvitationBody,
    InvitationOut,
    NewInvitationOut,
    RunInFlightOut,
    UserChangeBody,
    UserOut,
)
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.paging import link_next
from entrypoints.http.schemas import Id

router = APIRouter(prefix="/admin", tags=["admin"])

UserPath = Annotated[Id, Path(description="a user's id", examples=[1])]
Limit = Annotated[int, Query(ge=1, le=200)]
Before = Annotated[Id | None, Query(description="only ids below this one: the cursor")]


@router.get("/users", responses=problems(), summary="List users, oldest first")
async def list_users(
    request: Request,
    response: Response,
    services: Services,
    limit: Limit = 50,
    after: Annotated[Id | None, Query(description="only ids above this one: the cursor")] = None,
) -> list[UserOut]:
    """When there is more, the `Link` header has the next page as `rel="next"`."""
    page, more = await services.access().list_users(after=UserId(after) if after else None, limit=limit)
    if more:
        url = request.url.include_query_params(after=page[-1].id)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return [UserOut.of(user) for user in page]


@router.patch("/users/{id}", responses=problems(errors.UserNotFound), summary="Change a user")
async def change_user(id: UserPath, body: UserChangeBody, services: Services, caller: Caller) -> UserOut:
    """A disabled user's tokens and keys are good for nothing, and what they have opened is closed."""
    user = await services.access().change_user(
        caller,
        UserId(id),
        enabled=body.enabled,
        is_admin=body.is_admin,
        password=body.password.get_secret_value() if body.password else None,
    )
    return UserOut.of(user)


@router.delete("/users/{id}", status_code=204, responses=problems(errors.UserNotFound), summary="Delete a user")
async def delete_user(id: UserPath, services: Services, caller: Caller) -> None:
    """With everything that they have, as if they had done it themself."""
    if id == caller.user_id:
        raise errors.InvalidInput("id", "is your own; see DELETE /me")
    await services.access().delete_account.of_user(UserId(id))


@router.post("/invitations", status_code=201, responses=problems(), summary="Invite somebody")
async def invite(
    request: Request, response: Response, services: Services, body: InvitationBody | None = None
) -> NewInvitationOut:
    """The code is shown this once, and good for one registration."""
    wanted = body or InvitationBody()
    invitation, code = await services.access().invite(
        makes_admin=wanted.is_admin, lasts_seconds=wanted.expires_in_seconds
    )
    request.scope["audit_target"] = f"/admin/invitations/{invitation.id}"
    response.headers["Cache-Control"] = "no-store"
    return NewInvitationOut(**InvitationOut.of(invitation).model_dump(), invitation=code)


@router.get("/invitations", responses=problems(), summary="List invitations, newest first")
async def list_invitations(
    request: Request, response: Response, services: Services, limit: Limit = 50, before: Before = None
) -> list[InvitationOut]:
    """Those that were used say by whom; those that nobody used go when their time is up."""
    cursor = InvitationId(before) if before else None
    page, more = await services.access().list_invitations(before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id)
    return [InvitationOut.of(invitation) for invitation in page]


@router.delete(
    "/invitations/{id}",
    status_code=204,
    responses=problems(errors.InvitationNotFound),
    summary="Take an invitation back",
)
async def delete_invitation(
    id: Annotated[Id, Path(description="an invitation's id", examples=[1])], services: Services
) -> None:
    """Who has used it stays."""
    await services.access().delete_invitation(InvitationId(id))


@router.get("/audit", responses=problems(), summary="Who did what, newest first")
async def audit(
    request: Request,
    response: Response,
    services: Services,
    action: Annotated[str | None, Query(max_length=100, description="only this, as in `log in`")] = None,
    owner: Annotated[str | None, Query(max_length=100, description="only of this owner, as in `user_1`")] = None,
    limit: Limit = 50,
    before: Before = None,
) -> list[AuditOut]:
    """Logins, keys, decisions about approvals, deletions and what admins did. No secret and nothing anybody wrote."""
    cursor = AuditId(before) if before else None
    page, more = await services.access().list_audit(action=action, who=owner, before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id or 0)
    return [AuditOut.of(entry) for entry in page]


@router.get("/runs", responses=problems(), summary="Runs that are at work or wait, oldest first")
async def runs_in_flight(services: Services, limit: Limit = 50) -> list[RunInFlightOut]:
    """Of everybody, without anything that was said."""
    return [RunInFlightOut.of(run) for run in await services.access().list_runs(limit=limit)]
