"""What limits cost a request: the same stateless answers with none, with those counted in memory, and with those that
processes share in Postgres.

    python -m tests.bench.limits [--requests 2000] [--rounds 3] [--database-url postgresql://...]

CPU is that of the server's process alone; of several rounds, whose order alternates, the median. Without a URL of
Postgres only the first two are measured.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from contextlib import AsyncExitStack

import aiohttp
import psutil

from tests.support.process import served

AT_ONCE = 16
BODY = {"model": "demo:parrot", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 50}
REQUESTS = "requests_per_minute=1000000000,streams=1000000"
LIMITS = {
    "requests and streams": {"PARLEY_LIMIT_USER": REQUESTS, "PARLEY_LIMIT_ALL": REQUESTS},
    "and tokens a minute": {"PARLEY_LIMIT_USER": f"{REQUESTS},tokens_per_minute=1000000000"},
    "and tokens a day": {"PARLEY_LIMIT_USER": f"{REQUESTS},tokens_per_day=1000000000"},
}


async def measured(url: str, pid: int, requests: int) -> float:
    """CPU in microseconds a request."""
    process, left = psutil.Process(pid), requests
    async with aiohttp.ClientSession(url) as http:

        async def ask() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                async with http.post("/v1/chat/completions", json=BODY) as response:
                    if response.status != 200:
                        raise RuntimeError(f"{response.status} {(await response.text())[:200]}")
                    await response.read()

        before = sum(process.cpu_times()[:2])
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        return (sum(process.cpu_times()[:2]) - before) * 1e6 / requests


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = {"memory": f"sqlite:///{folder}/parley.db"}
        if asked.database_url:
            urls["Postgres"] = asked.database_url
        for kind, url in urls.items():
            async with AsyncExitStack() as stack:
                servers = {}
                for name, limits in {"none": {}, **LIMITS}.items():
                    own = url if kind == "Postgres" else url.replace("parley.db", f"{len(servers)}.db")
                    environment = {"DATABASE_URL": own, "PARLEY_DEMO_WORDS_PER_SECOND": "0", **limits}
                    servers[name] = await stack.enter_async_context(served(**environment))
                found: dict[str, list[float]] = {name: [] for name in servers}
                for turn in range(1 + asked.rounds):
                    for name in sorted(servers, reverse=bool(turn % 2)):
                        server = servers[name]
                        found[name].append(await measured(server.url, server.process.pid, asked.requests))
                for name, rounds in found.items():
                    cpu = round(statistics.median(rounds[1:]))
                    print(json.dumps({"counted_in": kind, "limits": name, "cpu_us_per_request": cpu}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
