"""An upload as it comes in: its bytes go to where they are kept; the rest of the form is known when they are over."""

import hashlib
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.requests import ClientDisconnect

from application.knowledge.upload import Received
from domain.access import Principal
from domain.errors import Refusal
from domain.idempotency import IdempotencyKey
from entrypoints.container import Container
from entrypoints.http.dependencies import named_key_of
from entrypoints.http.problems import ClientLeft
from entrypoints.http.uploads import UploadForm


async def received_file(
    request: Request, services: Container, caller: Principal
) -> tuple[UploadForm, Received, IdempotencyKey | None]:
    """The form, its file, and the key with what was said under it; as ReceiveUpload, also in what is raised."""
    key = named_key_of(request)
    form = UploadForm(request.headers.get("content-type", ""))
    body = _body(request)
    try:
        received = await services.ingestion().receive(caller, form.pieces(body))
    except Refusal:
        async for _ in body:  # so that who is still sending reads why
            pass
        raise
    if key is not None:
        fields = sorted(form.fields.items())
        said = f"{request.method} {request.url.path}\n{received.digest}\n{form.filename}\n{fields}"
        key = IdempotencyKey(key.owner, key.key, hashlib.sha256(said.encode()).hexdigest())
    return form, received, key


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for data in request.stream():
            if data:
                yield data
    except ClientDisconnect as left:
        raise ClientLeft from left
