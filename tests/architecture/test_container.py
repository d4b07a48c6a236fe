"""The composition root builds, all of it: its providers have no types that mypy could check."""

import inspect

import pytest

from entrypoints.container import Container
from entrypoints.settings import Settings


@pytest.mark.parametrize("name", sorted(Container.providers))
async def test_every_provider_builds(name: str) -> None:
    container = Container(settings=Settings(database_url="memory://"))
    built = getattr(container, name)()
    assert built is not None
    assert not inspect.isawaitable(built), "an async resource makes every provider above it a future"


async def test_a_container_shares_nothing_with_another() -> None:
    one, other = (Container(settings=Settings(database_url="memory://")) for _ in range(2))
    assert one.database() is one.database()
    assert one.database() is not other.database()
