"""A server that wants logins, and people who have logged in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.app import Parley, parley
from tests.support.secrets_kept import remember

ADMIN_KEY = "an-admin-key-that-is-long-enough"
ADMIN = {"x-api-key": ADMIN_KEY}
PASSWORD = "three cats on a wall"


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}

    @property
    def owner(self) -> str:
        return f"user_{self.id}"


@asynccontextmanager
async def guarded(**settings: Any) -> AsyncIterator[Parley]:
    """Anybody may register, unless told else."""
    async with parley(**{"auth": "required", "api_key": ADMIN_KEY, "registration": "open", **settings}) as app:
        yield app


async def join(app: Parley, name: str) -> Person:
    """Register, and log in."""
    registered = await app.http.post("/auth/register", json={"username": name, "password": PASSWORD})
    assert registered.status_code == 201, registered.text
    return await log_in(app, registered.json()["id"], name)


async def log_in(app: Parley, id: int, name: str) -> Person:
    tokens = await app.http.post("/auth/login", data={"username": name, "password": PASSWORD})
    assert tokens.status_code == 200, tokens.text
    remember(tokens.json()["access_token"], tokens.json()["refresh_token"])
    return Person(id, name, tokens.json()["access_token"], tokens.json()["refresh_token"])


async def make_key(app: Parley, headers: dict[str, str], *scopes: str) -> tuple[int, str]:
    made = await app.http.post("/api-keys", json={"name": "a key", "scopes": scopes}, headers=headers)
    assert made.status_code == 201, made.text
    remember(made.json()["key"])
    return made.json()["id"], made.json()["key"]
