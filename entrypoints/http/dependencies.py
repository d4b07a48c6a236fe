"""Where request facts meet the container."""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import WithJsonSchema
from starlette.requests import HTTPConnection

from domain.access import Principal
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey
from entrypoints.container import Container

KEY = re.compile(r"^[!-~]{1,255}$")
KEY_SCHEMA = {"type": "string", "pattern": KEY.pattern}
KEY_MEANS = "the same key and request again give the same result; kept for 24 hours"
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": KEY_SCHEMA,
    "description": KEY_MEANS,
}
"""For the documentation of a route that calls `once_key_of` itself."""


def services_of(connection: HTTPConnection) -> Container:
    container: Container = connection.app.state.container
    return container


def caller_of(connection: HTTPConnection) -> Principal:
    principal: Principal = connection.scope["principal"]
    return principal


def named_key_of(request: Request) -> IdempotencyKey | None:
    """The key without a fingerprint, for whoever makes one while a long body passes. Raise InvalidInput."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise InvalidInput("Idempotency-Key", "must be 1 to 255 printable ASCII characters")
    return IdempotencyKey(caller_of(request).owner, key, "")


async def once_key_of(request: Request) -> IdempotencyKey | None:
    """Raise InvalidInput for a key that is none."""
    named = named_key_of(request)
    if named is None:
        return None
    request_line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    fingerprint = hashlib.sha256(request_line + await request.body()).hexdigest()
    return IdempotencyKey(named.owner, named.key, fingerprint)


async def _container(connection: HTTPConnection) -> Container:
    return services_of(connection)


async def _principal(connection: HTTPConnection) -> Principal:
    return caller_of(connection)


async def _idempotency_key(
    request: Request,
    idempotency_key: Annotated[str | None, Header(description=KEY_MEANS), WithJsonSchema(KEY_SCHEMA)] = None,
) -> IdempotencyKey | None:
    return await once_key_of(request)


Services = Annotated[Container, Depends(_container)]
Caller = Annotated[Principal, Depends(_principal)]
OnceKey = Annotated[IdempotencyKey | None, Depends(_idempotency_key)]
