"""Another embedding model: its vectors are made beside the old ones, which answer until the last of them is there."""

from collections.abc import Sequence
from typing import Any

from application.knowledge.embed_anew import EmbedAnew
from application.knowledge.patient_embedder import PatientEmbedder
from application.knowledge.start_embedding_anew import StartEmbeddingAnew
from application.ports.embedder import Embedder, Embeddings
from domain.errors import ProviderCredentialsRefused, ProviderUnavailable
from domain.run import Run, RunKind, RunStatus
from tests.support.builders import ALICE, BOB
from tests.support.core import Core
from tests.support.knowledge import embed, generation_of, nearest, store
from tests.support.metering import Counted


class Flaky(Embedder):
    """Fails at each of these calls."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        if failure := self.failures.pop(0) if self.failures else None:
            raise failure
        return Embeddings([[float(len(text)), 1.0] for text in texts], 2, str(model))


async def embedded_anew(core: Core, embedder: Embedder) -> Run | None:
    """The run, once it has ended."""
    patient = PatientEmbedder(embedder=Counted().embedder({"new": embedder}), pause_seconds=0.001)
    performers: Any = core.turns.perform.of_kind
    performers[RunKind.INGESTION] = EmbedAnew(begin=core.database.begin, embedder=patient)
    start = StartEmbeddingAnew(read=core.database.read, turns=core.turns, now=core.clock, model="new:model")
    run = await start()
    if run is None:
        return None
    assert await start() is None, "it is being done"
    await core.until_gone(run)
    return await core.stored_run(run.id) if run.owner == ALICE else await _stored(core, run)


async def _stored(core: Core, run: Run) -> Run:
    async with core.database.read() as tx:
        return await tx.runs.get(run.id, owner=run.owner)


async def with_vectors(core: Core) -> None:
    old = await generation_of(core.database, "old:model", 3)
    mine = await store(core.database, "mine", *(f"river {number}" for number in range(70)))
    await store(core.database, "his", "lake", owner=BOB)
    await embed(core.database, old, mine, (1.0, 0.0, 0.0))


async def test_everybodys_chunks_get_new_vectors_and_then_these_are_searched(core: Core) -> None:
    await with_vectors(core)
    run = await embedded_anew(core, Flaky(None, ProviderUnavailable("new"), None))
    assert run
    assert run.status is RunStatus.COMPLETED
    async with core.database.read() as tx:
        (generation,) = await tx.vectors.generations()
    assert (generation.model, generation.is_current) == ("new:model", True)
    assert len(await nearest(core.database, generation, (1.0, 0.0))) == 70
    assert len(await nearest(core.database, generation, (1.0, 0.0), owner=BOB)) == 1
    assert await embedded_anew(core, Flaky()) is None, "there is nothing to do"


async def test_a_model_that_fails_changes_nothing_and_says_why(core: Core) -> None:
    await with_vectors(core)
    run = await embedded_anew(core, Flaky(None, None, ProviderCredentialsRefused("new")))
    assert run
    assert run.problem
    assert (run.status, run.problem.code) == (RunStatus.FAILED, "provider_credentials_refused")
    async with core.database.read() as tx:
        old, new = await tx.vectors.generations()
    assert [(old.model, old.is_current), (new.model, new.is_current)] == [("old:model", True), ("new:model", False)]
    assert len(await nearest(core.database, old, (1.0, 0.0, 0.0))) == 1
    again = await embedded_anew(core, Flaky())
    assert again
    assert again.status is RunStatus.COMPLETED


async def test_where_nothing_is_embedded_there_is_nothing_to_do(core: Core) -> None:
    assert await embedded_anew(core, Flaky()) is None
