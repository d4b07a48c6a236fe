"""What a token costs on each surface: the same answers, 100 at once, from the same scripted provider.

    python -m tests.bench.surfaces [--streams 100] [--words 100] [--rounds 3] [--database-url sqlite:///...]

CPU is that of the server's process alone; of several rounds the median. Every stream is read to its end and must have
all its words.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from typing import Any

import aiohttp
import psutil

from tests.support.process import served
from tests.support.provider import ScriptedProvider

ASKED = [{"role": "user", "content": "hi"}]
SURFACES: dict[str, tuple[str, dict[str, Any]]] = {
    "/v1/chat/completions, stateless": ("/v1/chat/completions", {"messages": ASKED, "stream": True}),
    "/v1/chat/completions, stored": ("/v1/chat/completions", {"messages": ASKED, "stream": True, "store": True}),
    "/v1/responses, stored": ("/v1/responses", {"input": "hi", "stream": True}),
    "/v1/responses, stateless": ("/v1/responses", {"input": "hi", "stream": True, "store": False}),
    "/chat/stream, stored": ("/chat/stream", {"message": "hi"}),
}


async def one(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> float:
    """Seconds to the first piece of the answer's text."""
    since, first, size = time.perf_counter(), 0.0, 0
    async with http.post(path, json=body) as response:
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {(await response.text())[:200]}")
        async for piece in response.content.iter_any():
            size += len(piece)
            if not first and (b"delta" in piece or b'"token"' in piece):
                first = time.perf_counter() - since
    return first


async def measured(url: str, pid: int, streams: int, words: int, name: str) -> tuple[float, float]:
    """CPU in microseconds a word, and the median time to the first piece in milliseconds."""
    path, body = SURFACES[name]
    if path.startswith("/v1"):
        body = {**body, "model": f"openai:words={words},delay=0.02"}
    process = psutil.Process(pid)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector) as http:
        before = sum(process.cpu_times()[:2])
        firsts = await asyncio.gather(*(one(http, path, body) for _ in range(streams)))
        spent = sum(process.cpu_times()[:2]) - before
    return spent * 1e6 / (streams * words), statistics.median(firsts) * 1000


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with ScriptedProvider() as provider:
            environment = {
                "DATABASE_URL": asked.database_url or f"sqlite:///{folder}/parley.db",
                "OPENAI_BASE_URL": provider.url,
                "PARLEY_MODEL": f"openai:words={asked.words},delay=0.02",
            }
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in SURFACES}
            async with served(**environment) as server:
                for _ in range(1 + asked.rounds):
                    for name, rounds in found.items():
                        rounds.append(await measured(server.url, server.process.pid, asked.streams, asked.words, name))
            for name, rounds in found.items():
                cpu, first = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
                print(json.dumps({"surface": name, "cpu_us_per_word": round(cpu), "first_ms_p50": round(first, 1)}))


if __name__ == "__main__":
    asyncio.run(main())
