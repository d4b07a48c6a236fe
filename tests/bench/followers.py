"""What many readers of one run cost: every one gets every event.

    python -m tests.bench.followers [--readers 1000] [--words 200] [--database postgresql://...]

The server runs in a process of its own on a scripted provider; its CPU and memory are of that process alone.
"""

import argparse
import asyncio
import json
import tempfile
import time

import aiohttp
import psutil

from tests.support.process import served
from tests.support.provider import ScriptedProvider


async def follow(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as response:
        return len((await response.read()).splitlines())


async def main(readers: int, words: int, database: str) -> None:
    async with ScriptedProvider() as provider:
        environment = {
            "DATABASE_URL": database,
            "OPENAI_BASE_URL": provider.url,
            "PARLEY_MODEL": f"openai:words={words},delay=0.05",
        }
        connector = aiohttp.TCPConnector(limit=0)
        async with served(**environment) as server, aiohttp.ClientSession(server.url, connector=connector) as session:
            process = psutil.Process(server.process.pid)
            before, cpu_before = process.memory_info().rss, sum(process.cpu_times()[:2])
            async with session.post("/chat/stream", json={"message": "hi"}) as response:
                run_id = json.loads(await response.content.readline())["run_id"]
                began = time.perf_counter()
                reading = asyncio.gather(*(follow(session, f"/runs/{run_id}/events") for _ in range(readers)))
                await response.read()
                own = time.perf_counter() - began
            counts = await reading
            late = time.perf_counter() - began - own
            cpu = sum(process.cpu_times()[:2]) - cpu_before
            print(f"{readers} readers, {len(set(counts))} different counts of events: {set(counts)}")
            print(f"the run took {own:.1f} s, the last reader had it all {late * 1e3:.0f} ms later")
            print(f"server: {cpu:.2f} CPU s, {cpu / readers / counts[0] * 1e6:.0f} us an event and reader")
            print(f"memory +{(process.memory_info().rss - before) / 2**20:.0f} MiB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    with tempfile.TemporaryDirectory() as folder:
        parser.add_argument("--readers", type=int, default=1000)
        parser.add_argument("--words", type=int, default=200)
        parser.add_argument("--database", default=f"sqlite:///{folder}/bench.db")
        given = parser.parse_args()
        asyncio.run(main(given.readers, given.words, given.database))
