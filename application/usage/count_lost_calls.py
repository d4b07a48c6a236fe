"""Count the calls of a run whose worker died in the middle of them: they cost, and nobody heard what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.conversation import PromptMessage
from domain.price import PriceList
from domain.run import Run, RunEvent
from domain.unfinished import UnfinishedCall, unfinished_calls
from domain.usage import CallOutcome, LedgerEntry, Usage, estimated_count


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLostCalls:
    """`full_name` gives the `provider:model` that a name means."""

    begin: BeginTransaction
    prices: PriceList
    now: Now
    full_name: Callable[[str], str]

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], said: Sequence[RunEvent]) -> None:
        """Write a line, marked as an estimate, for each call that the log shows begun and not settled.

        Raise StorageUnavailable.
        """
        lines = [self._line(run, call) for call in unfinished_calls(run, prompt, said)]
        if lines:
            async with self.begin() as tx:
                await tx.ledger.add(lines)
                await tx.commit()

    def _line(self, run: Run, call: UnfinishedCall) -> LedgerEntry:
        model = self.full_name(call.asked)
        usage = Usage(call.input_tokens, estimated_count(call.characters))
        return LedgerEntry(
            owner=run.owner,
            asked=call.asked,
            model=model,
            purpose=call.purpose,
            usage=usage,
            at=self.now(),
            outcome=CallOutcome.INTERRUPTED,
            estimated=True,
            cost=self.prices.cost_of(usage, model=model),
            user_id=run.user_id,
            key_id=run.key_id,
            run_id=run.id,
        )
