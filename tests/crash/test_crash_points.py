"""A server that dies, or that the store fails, at any of its effects: nothing is lost, doubled or left undone."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, Literal

import pytest

from domain.errors import StorageUnavailable
from tests.crash.scenarios import SCENARIOS, Scenario, a_takeover, an_orderly_stop, left_behind
from tests.support.mortal_process import Fate
from tests.support.mortal_world import LEASE, Server, World, put_right, recovered
from tests.support.virtual_time import run_virtually

When = Literal["before", "after"]
What = Literal["dies", "fails"]
Outcome = Callable[[Scenario, Fate], Coroutine[Any, Any, bool]]


async def play(scenario: Scenario, fate: Fate) -> Server:
    world = World()
    if scenario is a_takeover:
        await left_behind(world)
    server = await world.start(fate)
    playing = server.spawn(scenario(server))
    async with asyncio.timeout(600):
        await asyncio.wait({playing})
    if not (server.process.is_dead or isinstance(playing.exception(), StorageUnavailable)):
        await playing
    await world.check()
    return server


async def die(scenario: Scenario, fate: Fate) -> bool:
    """Whether the server came to its fate: a scenario has only so many effects."""
    server = await play(scenario, fate)
    server.process.die()
    await server.process.gone()
    async with asyncio.timeout(600):
        await recovered(server.world)
    return len(server.process.effects) >= fate.at


async def fail(scenario: Scenario, fate: Fate) -> bool:
    server = await play(scenario, fate)
    reached = len(server.process.effects) >= fate.at
    async with asyncio.timeout(600):
        if scenario is not an_orderly_stop:
            await asyncio.sleep(2 * LEASE)
            assert await server.world.beats(server)
            await put_right(server)
            await server.spawn(server.core.loop.stop(drain_seconds=10))
        server.process.die()
        await server.process.gone()
        await recovered(server.world)
    return reached


def at_every_effect(outcome: Outcome, scenario: Scenario, what: What, when: When, *, first: int = 1) -> None:
    for at in count(first):
        try:
            if not run_virtually(outcome(scenario, Fate(at, when, what))):
                assert at > 7
                return
        except BaseException as error:
            error.add_note(f"{scenario.__name__}: the server {what} {when} its effect {at}")
            raise


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_whenever_the_server_dies_the_next_puts_everything_right(scenario: Scenario, when: When) -> None:
    at_every_effect(die, scenario, "dies", when)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_whenever_the_store_does_not_answer_the_server_puts_everything_right(scenario: Scenario, when: When) -> None:
    at_every_effect(fail, scenario, "fails", when, first=2)  # a server whose first beat fails does not start
