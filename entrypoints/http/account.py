"""Who I am here, my password, everything that I have, and its end."""

from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any

import msgspec
from fastapi import APIRouter, Response

from application.ports.owned_data import OwnedRecord
from domain import errors
from entrypoints.http.access_schemas import DeleteMeBody, MeOut, PasswordBody
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.streaming import StreamedResponse

router = APIRouter(prefix="/me", tags=["users and keys"])

JSONL = "application/jsonl"
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSONL: {"example": '{"record": "conversations", "id": 1, "title": "Rivers"}\n'}}}
}


@router.get("", responses=problems(), summary="Who am I")
async def me(services: Services, caller: Caller) -> MeOut:
    """The owner of what I make, how I have shown who I am, and what I may do."""
    return MeOut.of(caller, await services.access().get_account(caller))


@router.post("/password", status_code=204, responses=problems(errors.TooManyAttempts), summary="Change my password")
async def change_password(body: PasswordBody, services: Services, caller: Caller) -> None:
    """Every other login of mine ends; my keys stay."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await services.access().change_password(caller, current, new)


@router.get("/export", response_class=Response, responses={**problems(), **EXPORTED}, summary="Everything of mine")
async def export(services: Services, caller: Caller) -> StreamedResponse:
    """A line for each `record`; the last line is `{"record": "end"}`, without which something is missing.

    Secrets are left out. Files are in base64, in the field `data`.
    """
    pages = await services.access().export_account(caller)
    headers = {"Content-Disposition": 'attachment; filename="parley.jsonl"'}
    return StreamedResponse(pages, _lines(pages), media_type=JSONL, headers=headers)


async def _lines(pages: AsyncIterable[list[OwnedRecord]]) -> AsyncGenerator[bytes, None]:
    async for page in pages:
        yield b"".join(msgspec.json.encode({"record": each.kind, **each.values}) + b"\n" for each in page)
    yield b'{"record":"end"}\n'


@router.delete("", status_code=204, responses=problems(errors.TooManyAttempts), summary="Delete everything of mine")
async def delete_me(body: DeleteMeBody, services: Services, caller: Caller) -> None:
    """Conversations, runs, documents, keys, logins and the account itself. Of what was spent the numbers stay, and are
    nobody's; of the audit log what was done stays, without my address."""
    password = body.password.get_secret_value() if body.password else None
    await services.access().delete_account(caller, confirm=body.confirm, password=password)
