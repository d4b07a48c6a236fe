"""People and misfortunes in any order, over one store in virtual time: the oracle is asked after every step."""

import asyncio

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from domain.conversation import ConversationId
from domain.run import IfBusy
from tests.crash.machine import RETENTION, Misfortunes, which
from tests.support.core import ANN
from tests.support.mortal_world import Server
from tests.support.oracle import Reading


class AnyOrder(Misfortunes):
    """What people do meanwhile, by way of any server."""

    def __init__(self) -> None:
        super().__init__()
        self.visits: dict[int, asyncio.Task[None]] = {}

    @rule(which=which, if_busy=st.sampled_from(IfBusy), keyed=st.booleans())
    def begin_a_conversation(self, which: int, if_busy: IfBusy, keyed: bool) -> None:
        server, asked = self.server(which), self.world.new_question(keyed=keyed)
        self.begin(server, server.ask(if_busy=if_busy, asked=asked))

    @precondition(lambda self: self.runs)
    @rule(which=which, where=which, if_busy=st.sampled_from(IfBusy), keyed=st.booleans())
    def go_on(self, which: int, where: int, if_busy: IfBusy, keyed: bool) -> None:
        server, run, asked = self.server(which), self.some_run(where), self.world.new_question(keyed=keyed)
        self.begin(server, server.ask(run.conversation_id, if_busy=if_busy, asked=asked))

    @precondition(lambda self: any(asked.key for asked in self.world.asked))
    @rule(which=which, again=which)
    def ask_again(self, which: int, again: int) -> None:
        keyed = [asked for asked in self.world.asked if asked.key]
        server = self.server(which)
        self.begin(server, server.ask(asked=keyed[-1 - again % len(keyed)]))

    @precondition(lambda self: self.runs)
    @rule(which=which, whose=which)
    def edit(self, which: int, whose: int) -> None:
        server, run = self.server(which), self.some_run(whose)
        self.begin(server, server.edit(run))

    @precondition(lambda self: self.runs)
    @rule(which=which, whose=which)
    def regenerate(self, which: int, whose: int) -> None:
        server, run = self.server(which), self.some_run(whose)
        self.begin(server, server.regenerate(run))

    @precondition(lambda self: self.runs)
    @rule(which=which, whose=which)
    def cancel(self, which: int, whose: int) -> None:
        server, run = self.server(which), self.some_run(whose)
        self.begin(server, server.core.cancel_run(ANN, run.id))

    @precondition(lambda self: len(self.runs) > 4)
    @rule(which=which, whose=which)
    def delete(self, which: int, whose: int) -> None:
        server, run = self.server(which), self.some_run(whose)
        self.begin(server, server.core.delete_conversation(ANN, run.conversation_id))

    @precondition(lambda self: self.runs)
    @rule(which=which, whose=which, after=st.integers(0, 6), events=st.sampled_from([None, 1, 2]))
    def read(self, which: int, whose: int, after: int, events: int | None) -> None:
        server, run = self.server(which), self.some_run(whose)
        reading = Reading(run, min(after, run.last_event))
        self.world.readings.append(reading)
        self.visit(server, reading, events)

    @precondition(lambda self: self.gone_readers())
    @rule(which=which, whose=which, events=st.sampled_from([None, 1]))
    def read_on(self, which: int, whose: int, events: int | None) -> None:
        gone = self.gone_readers()
        self.visit(self.server(which), gone[whose % len(gone)], events)

    def visit(self, server: Server, reading: Reading, events: int | None = None) -> None:
        most = None if events is None else len(reading.seen) + events
        self.visits[id(reading)] = self.begin(server, server.read_on(reading, events=most))

    def gone_readers(self) -> list[Reading]:
        """Those who have left before the end, or whose server left them."""
        return [r for r in self.world.readings if not r.is_done and self.visits[id(r)].done()]

    @invariant()
    def nothing_is_broken(self) -> None:
        self.do(self.world.check())
        assert self.faults == []

    def teardown(self) -> None:
        """In the end there is peace, one server at least, and time."""
        try:
            for server in self.servers:
                server.process.thaw()
                server.core.workers.cut_off = False
            self.start()
            for _ in range(6):
                self.let_time_pass(RETENTION / 2)
                for reading in self.gone_readers():
                    self.visit(self.servers[-1], reading)
                self.nothing_is_broken()
            self.do(self.world.check_at_rest())
            assert self.do(self.world.beats(*self.servers))
            for conversation_id in list(self.world.database.tables.conversations):
                self.do(self.ask_and_read(self.servers[-1], conversation_id))
                self.do(self.world.check_at_rest())
            while self.servers:
                self.do(self.stopped(self.servers[0], 0))
            self.nothing_is_broken()
            assert self.world.database.checked_out == 0
        finally:
            self.runner.close()

    async def ask_and_read(self, server: Server, conversation_id: ConversationId) -> None:
        reading = await server.spawn(server.read(await server.spawn(server.ask(conversation_id))))
        assert reading.is_done


# The same every time; more examples find more, at a quarter of a second each. What fails is printed step by step;
# with Phase.shrink it takes minutes to find fewer steps.
AnyOrder.TestCase.settings = settings(
    max_examples=30, stateful_step_count=50, deadline=None, derandomize=True, phases=[Phase.generate]
)
TestAnyOrder = AnyOrder.TestCase
