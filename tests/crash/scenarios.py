"""What people do with a server, until it dies."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from domain.run import IfBusy
from tests.support.core import ANN
from tests.support.mortal_world import LEASE, Server, World

Scenario = Callable[[Server], Coroutine[Any, Any, object]]


async def a_plain_turn(server: Server) -> None:
    await server.read(await server.ask())


async def a_second_turn(server: Server) -> None:
    first = await server.ask()
    await server.read(first)
    await server.read(await server.ask(first.conversation_id))


async def a_reader_that_leaves_and_comes_back(server: Server) -> None:
    run = await server.ask()
    others = [server.spawn(server.read(run)) for _ in range(2)]
    reading = await server.read(run, events=2)
    await asyncio.sleep(0.1)
    await server.read_on(reading)
    await asyncio.gather(*others)


async def a_cancelled_run(server: Server) -> None:
    run = await server.ask()
    reading = server.spawn(server.read(run))
    await asyncio.sleep(0.25)
    await server.core.cancel_run(ANN, run.id)
    await reading


async def a_queued_question(server: Server) -> None:
    first = await server.ask()
    second = await server.ask(first.conversation_id, if_busy=IfBusy.QUEUE)
    await asyncio.gather(server.read(first), server.read(second))


async def a_queued_question_that_is_cancelled(server: Server) -> None:
    first = await server.ask()
    second = await server.ask(first.conversation_id, if_busy=IfBusy.QUEUE)
    await server.core.cancel_run(ANN, second.id)
    await asyncio.gather(server.read(first), server.read(second))


async def an_interruption(server: Server) -> None:
    first = await server.ask()
    reading = server.spawn(server.read(first))
    await asyncio.sleep(0.15)
    await server.read(await server.ask(first.conversation_id, if_busy=IfBusy.INTERRUPT))
    await reading


async def twins_under_one_key(server: Server) -> None:
    asked = server.world.new_question(keyed=True)
    twins = [server.spawn(server.ask(asked=asked)) for _ in range(3)]
    for run in await asyncio.gather(*twins):
        await server.read(run)


async def another_answer(server: Server) -> None:
    first = await server.ask()
    await server.read(first)
    await server.read(await server.regenerate(first))


async def another_question(server: Server) -> None:
    first = await server.ask()
    await server.read(first)
    await server.read(await server.edit(first))


async def a_deleted_conversation(server: Server) -> None:
    run = await server.ask()
    await asyncio.sleep(0.15)
    await server.core.delete_conversation(ANN, run.conversation_id)
    await server.read(await server.ask())


async def an_orderly_stop(server: Server) -> None:
    server.world.oracle.was_handed_over = True
    runs = [await server.ask() for _ in range(2)]
    await server.ask(runs[0].conversation_id, if_busy=IfBusy.QUEUE)
    await asyncio.sleep(0.15)
    await server.core.loop.stop(drain_seconds=0.1)


async def a_takeover(server: Server) -> None:
    """Of a run that has said something, of one that has said nothing, of one handed over and of one queued."""
    await asyncio.gather(*(server.read(run) for run in await server.world.runs()))


async def left_behind(world: World) -> None:
    """What the last server left to `a_takeover`."""
    world.oracle.was_handed_over = True
    gone, stopped = await world.start(), await world.start()
    for pause in (0.25, 0):
        run = await gone.spawn(gone.ask())
        await asyncio.sleep(pause)
    await gone.spawn(gone.ask(run.conversation_id, if_busy=IfBusy.QUEUE))
    await stopped.spawn(stopped.ask())
    await asyncio.sleep(0.15)
    await stopped.spawn(stopped.core.loop.stop(drain_seconds=0))
    for server in (gone, stopped):
        server.process.die()
        await server.process.gone()
    await asyncio.sleep(LEASE)


SCENARIOS = [
    a_plain_turn,
    a_second_turn,
    a_reader_that_leaves_and_comes_back,
    a_cancelled_run,
    a_queued_question,
    a_queued_question_that_is_cancelled,
    an_interruption,
    twins_under_one_key,
    another_answer,
    another_question,
    a_deleted_conversation,
    an_orderly_stop,
    a_takeover,
]
