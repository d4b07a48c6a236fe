"""What knowing who asks costs a request, and what people wait for while many log in at once.

    python -m tests.bench.logins --seconds 10

Without a login, with a key and with an access token the same route is asked in turns, one request at a time. Then
`--clients` log in again and again, each hashing a password with Argon2id, while `GET /` is asked every 10 ms.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping

import aiohttp

from tests.support.people import PASSWORD
from tests.support.process import served

ROUNDS, A_ROUND = 10, 200


async def hot_path() -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        async with (
            served(DATABASE_URL=f"sqlite:///{one}/p.db") as local,
            served(DATABASE_URL=f"sqlite:///{two}/p.db", PARLEY_AUTH="required") as guarded,
            aiohttp.ClientSession() as http,
        ):
            token = await login_of_first_user(http, guarded.url)
            bearer = {"authorization": f"Bearer {token}"}
            async with http.post(f"{guarded.url}/api-keys", json={"name": "bench"}, headers=bearer) as made:
                key = (await made.json())["key"]
            ways = {
                "no login": (local.url, {}),
                "a key": (guarded.url, {"x-api-key": key}),
                "an access token": (guarded.url, bearer),
            }
            times: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, (url, headers) in ways.items():
                    times[way] += [await timed(http, f"{url}/models", headers) for _ in range(A_ROUND)]
            for way, each in times.items():
                print(f"{way:16} GET /models p50 {statistics.median(each) * 1e6:6.0f} us, of {len(each)}")


async def login_of_first_user(http: aiohttp.ClientSession, url: str) -> str:
    person = {"username": "ann", "password": PASSWORD}
    async with http.post(f"{url}/auth/register", json=person) as registered:
        registered.raise_for_status()
    async with http.post(f"{url}/auth/login", data=person) as answered:
        return str((await answered.json())["access_token"])


async def timed(http: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> float:
    began = time.perf_counter()
    async with http.get(url, headers=headers) as answered:
        await answered.read()
        answered.raise_for_status()
    return time.perf_counter() - began


async def logins(clients: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/p.db", "PARLEY_AUTH": "required"}
        async with served(**environment) as server, aiohttp.ClientSession() as http, aiohttp.ClientSession() as other:
            await login_of_first_user(http, server.url)
            for load in (0, clients):
                done, waits = await poll(http, other, server.url, load, seconds)
                waits.sort()
                told = ", ".join(f"p{p:g} {waits[int(len(waits) * p / 100)] * 1e3:.1f} ms" for p in (50, 99, 99.9))
                print(f"{load:3} clients log in: {done / seconds:5.1f} logins/s; GET / {told}")


async def poll(
    http: aiohttp.ClientSession, other: aiohttp.ClientSession, url: str, clients: int, seconds: float
) -> tuple[int, list[float]]:
    done, waits, end = 0, [], time.perf_counter() + seconds

    async def log_in() -> None:
        nonlocal done
        while time.perf_counter() < end:
            async with http.post(f"{url}/auth/login", data={"username": "ann", "password": PASSWORD}) as answered:
                answered.raise_for_status()
                done += 1

    at_work = [asyncio.create_task(log_in()) for _ in range(clients)]
    while time.perf_counter() < end:
        waits.append(await timed(other, f"{url}/", {}))
        await asyncio.sleep(0.01)
    await asyncio.gather(*at_work)
    return done, waits


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=8)
    arguments.add_argument("--seconds", type=float, default=10)
    given = arguments.parse_args()
    asyncio.run(hot_path())
    asyncio.run(logins(given.clients, given.seconds))
