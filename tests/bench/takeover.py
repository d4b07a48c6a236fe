"""How long readers wait when the process that writes their answer is killed.

    python -m tests.bench.takeover --lease 2 --rounds 50
    python -m tests.bench.takeover --database sqlite --rounds 20

On Postgres the owner is killed with -9 while the other replica waits beside it; on SQLite the only process is killed
and started again at once. Measured from the kill to the next event that a reader at the survivor is shown.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from tests.support.cluster import Replica, replicas
from tests.support.fragile_postgres import FragilePostgres
from tests.support.provider import ScriptedProvider

MODEL = "openai:words=2000,delay=0.05"  # longer than any takeover


async def begin(replica: Replica, http: httpx2.AsyncClient) -> tuple[int, int]:
    """A run under way and the cursor of its reader, who has left."""
    async with http.stream("POST", f"{replica.url}/chat/stream", json={"message": "hi"}) as response:
        lines = response.aiter_lines()
        first = json.loads(await anext(lines))
        await anext(lines)
        return first["run_id"], json.loads(await anext(lines))["seq"]


async def next_new(replica: Replica, http: httpx2.AsyncClient, run_id: int, after: int, since: float) -> float:
    """Seconds from `since` to the event that tells that the answer begins anew."""
    async with http.stream("GET", f"{replica.url}/runs/{run_id}/events?after={after}") as response:
        async for line in response.aiter_lines():
            if json.loads(line)["type"] == "answer_reset":
                return time.monotonic() - since
    raise RuntimeError("the run ended without being taken over")


async def killed_beside_another(pair: list[Replica], http: httpx2.AsyncClient) -> float:
    owner, other = random.sample(pair, 2)
    run_id, after = await begin(owner, http)
    await asyncio.sleep(random.uniform(0, 1))  # anywhere between two heartbeats
    since = time.monotonic()
    await owner.kill()
    seconds = await next_new(other, http, run_id, after, since)
    await http.post(f"{other.url}/runs/{run_id}/cancel")
    await owner.start()
    return seconds


async def killed_alone(alone: list[Replica], http: httpx2.AsyncClient) -> float:
    [replica] = alone
    run_id, after = await begin(replica, http)
    since = time.monotonic()
    await replica.kill()
    await replica.start()
    seconds = await next_new(replica, http, run_id, after, since)
    await http.post(f"{replica.url}/runs/{run_id}/cancel")
    return seconds


@asynccontextmanager
async def database(kind: str) -> AsyncIterator[str]:
    if kind == "postgres":
        async with FragilePostgres() as postgres:
            yield postgres.database
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/parley.db"


async def measure(kind: str, lease: float, rounds: int) -> list[float]:
    environment = {
        "PARLEY_MODEL": MODEL,
        "PARLEY_WORKER_LEASE_SECONDS": str(lease),
        "PARLEY_MAX_ATTEMPTS": "100",
    }
    how, count = (killed_beside_another, 2) if kind == "postgres" else (killed_alone, 1)
    async with ScriptedProvider() as provider, database(kind) as url, httpx2.AsyncClient(timeout=60) as http:
        environment |= {"OPENAI_BASE_URL": provider.url, "DATABASE_URL": url}
        async with replicas(count, **environment) as started:
            return [await how(started, http) for _ in range(rounds)]


async def main(kind: str, lease: float, rounds: int, side_by_side: int) -> None:
    shares = [rounds // side_by_side + (number < rounds % side_by_side) for number in range(side_by_side)]
    measured = await asyncio.gather(*(measure(kind, lease, share) for share in shares if share))
    seconds = sorted(one for share in measured for one in share)
    print(
        f"{kind}, lease {lease:g} s, {len(seconds)} kills: median {statistics.median(seconds):.2f} s, "
        f"best {seconds[0]:.2f} s, worst {seconds[-1]:.2f} s"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.takeover")
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--lease", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--side-by-side", type=int, default=1, help="clusters at a time")
    given = parser.parse_args()
    asyncio.run(main(given.database, given.lease, given.rounds, given.side_by_side))
