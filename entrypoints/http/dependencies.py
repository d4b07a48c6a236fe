"""Where request facts meet the container."""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.requests import HTTPConnection

from domain.access import Principal
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey
from entrypoints.container import Container

KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def _container(connection: HTTPConnection) -> Container:
    container: Container = connection.app.state.container
    return container


async def _principal(connection: HTTPConnection) -> Principal:
    principal: Principal = connection.scope["principal"]
    return principal


async def _idempotency_key(
    request: Request,
    caller: Annotated[Principal, Depends(_principal)],
    idempotency_key: Annotated[
        str | None, Header(description="the same key and request again give the same result; kept for 24 hours")
    ] = None,
) -> IdempotencyKey | None:
    if idempotency_key is None:
        return None
    if not KEY.fullmatch(idempotency_key):
        raise InvalidInput("Idempotency-Key", "must be 1 to 255 printable ASCII characters")
    request_line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    fingerprint = hashlib.sha256(request_line + await request.body()).hexdigest()
    return IdempotencyKey(caller.owner, idempotency_key, fingerprint)


Services = Annotated[Container, Depends(_container)]
Caller = Annotated[Principal, Depends(_principal)]
OnceKey = Annotated[IdempotencyKey | None, Depends(_idempotency_key)]
