"""Where request facts meet the container."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from domain.access import Principal
from entrypoints.container import Container


async def _container(connection: HTTPConnection) -> Container:
    container: Container = connection.app.state.container
    return container


async def _principal(connection: HTTPConnection) -> Principal:
    principal: Principal = connection.scope["principal"]
    return principal


Services = Annotated[Container, Depends(_container)]
Caller = Annotated[Principal, Depends(_principal)]
