"""Never wait for a stranger inside a transaction."""

import ast

import pytest

from tests.architecture.source import Source, sources
from tests.architecture.transactions import strangers_in_transactions

USE_CASE = """
FindPlace = Callable[[Transaction], Awaitable[Place]]
Ask = Callable[[Question], Awaitable[Answer]]

class Wish:
    find_place: FindPlace
    ask: Ask

class UseCase:
    begin: BeginTransaction
    read: BeginRead

    async def __call__(self):
        async with self.begin() as tx:
            {}

    async def _helper(self, tx: Transaction): await tx.runs.get(1)

    async def _stranger(self): await self.model.ask()

    async def _elsewhere(self): await self.log.read(1)
"""

GOOD = {
    "a repository": "x = await tx.conversations.get(1)",
    "the transaction itself": "await tx.commit()",
    "a helper that takes the transaction": "await self._helper(tx)",
    "a helper that takes it by name": "await self._helper(tx=tx)",
    "what is by its type a function of the transaction": "await wish.find_place(tx)",
    "a function that is only defined": "async def later(): await self.model.ask()",
}
BAD = {
    "a stranger": ("await self.model.ask()", "awaits self.model.ask()"),
    "a stranger as an argument": ("await tx.runs.add(await self.model.ask())", "awaits self.model.ask()"),
    "a helper without the transaction": ("await self._stranger()", "awaits self._stranger()"),
    "a stranger that is given the transaction": ("await self._stranger(tx)", "awaits self._stranger(tx)"),
    "what is by its type a function of something else": ("await wish.ask(tx)", "awaits wish.ask(tx)"),
    "a function of the transaction without it": ("await wish.find_place(other)", "awaits wish.find_place(other)"),
    "two things at once": ("await gather(tx.a.get(), tx.b.get())", "awaits gather"),
    "something kept from before": ("await pending", "awaits pending"),
    "a stream": ("async for x in self.model.stream(): pass", "`async for`"),
    "a stream in a list": ("[x async for x in self.model.stream()]", "`async for`"),
    "a lock": ("async with self.lock: pass", "`async with`"),
    "a transaction in a transaction": ("async with self.read() as other: pass", "`async with`"),
    "handing control to a reader": ("yield 1", "yields"),
}
BAD_BEGINNINGS = {
    "without a name": "async with begin(): pass",
    "beside something else": "async with lock, begin() as tx: pass",
    "held open by a stack": "tx = await stack.enter_async_context(begin())",
}


@pytest.mark.parametrize("source", sources("application"), ids=lambda source: source.name)
def test_no_use_case_waits_for_a_stranger_inside_a_transaction(source: Source) -> None:
    assert strangers_in_transactions(source.tree) == []


@pytest.mark.parametrize("statement", GOOD.values(), ids=GOOD)
def test_a_transaction_may_wait_for_itself(statement: str) -> None:
    assert strangers_in_transactions(ast.parse(USE_CASE.format(statement))) == []


@pytest.mark.parametrize(("statement", "complaint"), BAD.values(), ids=BAD)
def test_a_transaction_may_not_wait_for(statement: str, complaint: str) -> None:
    (said,) = strangers_in_transactions(ast.parse(USE_CASE.format(statement)))
    assert complaint in said


@pytest.mark.parametrize("statement", BAD_BEGINNINGS.values(), ids=BAD_BEGINNINGS)
def test_a_transaction_may_not_begin(statement: str) -> None:
    (said,) = strangers_in_transactions(ast.parse(f"async def use(begin: BeginTransaction):\n    {statement}"))
    assert "not the only item" in said


def test_a_helper_that_takes_the_transaction_is_held_to_the_rule() -> None:
    (said,) = strangers_in_transactions(ast.parse("async def helper(*, tx: ReadTransaction): await model.ask()"))
    assert "awaits model.ask()" in said


def test_the_rule_knows_the_types_of_the_port() -> None:
    (port,) = (source for source in sources("application/ports") if source.stem == "storage")
    for name in ("BeginTransaction = ", "BeginRead = ", "class Transaction(", "class ReadTransaction("):
        assert name in port.text
