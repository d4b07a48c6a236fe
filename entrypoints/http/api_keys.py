"""API keys: made, looked at, revoked."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from domain import errors
from domain.access import KeyId
from entrypoints.http.access_schemas import KeyOut, NewKeyBody, NewKeyOut
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.paging import link_next
from entrypoints.http.schemas import Id

router = APIRouter(prefix="/api-keys", tags=["users and keys"])


@router.post("", status_code=201, responses=problems(), summary="Create a key")
async def create_key(
    body: NewKeyBody, request: Request, response: Response, services: Services, caller: Caller
) -> NewKeyOut:
    """`key` is shown this once; only its SHA-256 is kept. Send it as `Authorization: Bearer` or `x-api-key`.

    `read` looks at everything of yours; `chat` and `documents` also change it; `admin` is for admins. `limits` are the
    key's own, in place of those that the server gives to keys; yours hold all the same.
    """
    key, secret = await services.access().create_key(
        caller, name=body.name, scopes=body.scopes, expires_at=body.expires_at
    )
    if body.limits is not None:
        await services.limits().give(body.limits.limits(), key_id=key.id)
    request.scope["audit_target"] = f"/api-keys/{key.id}"
    response.headers["Cache-Control"] = "no-store"
    return NewKeyOut(**KeyOut.of(key).model_dump(), key=secret)


@router.get("", responses=problems(), summary="List keys, newest first")
async def list_keys(
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[Id | None, Query(description="only ids below this one: the cursor")] = None,
) -> list[KeyOut]:
    """Those that were revoked among them; never a secret."""
    cursor = KeyId(before) if before else None
    page, more = await services.access().list_keys(caller, before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id)
    return [KeyOut.of(key) for key in page]


@router.delete("/{id}", status_code=204, responses=problems(errors.KeyNotFound), summary="Revoke a key")
async def revoke_key(
    id: Annotated[Id, Path(description="a key's id", examples=[1])], services: Services, caller: Caller
) -> None:
    """It is good for nothing from now on, and what it has opened is closed: here at once, in other processes within a
    minute."""
    await services.access().revoke_key(caller, KeyId(id))
