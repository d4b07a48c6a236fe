"""What people who chat feel of uploads: a book of 300 pages and 20 documents at once, while answers stream.

    python -m tests.bench.retrieval.uploads [--people 10] [--database-url postgresql://...]

Added time to the first piece of an answer, and how long it takes until everything uploaded is found.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.bench.retrieval.metrics import percentile
from tests.support.documents import lines, pdf
from tests.support.process import served
from tests.support.provider import ScriptedProvider

PAGES, LINES_A_PAGE, WORDS_A_LINE = 300, 45, 12
DOCUMENTS, PARAGRAPHS = 20, 60
WORDS = 20
QUIET_SECONDS = 10.0
MOST_SECONDS = 600.0
ENDED = ("ready", "failed", "cancelled")


@dataclass
class Chats:
    """People who ask, read the answer to its end, and ask again; seconds to each first piece, by when it was asked."""

    http: aiohttp.ClientSession
    firsts: list[tuple[float, float]] = field(default_factory=list)

    async def person(self) -> None:
        while True:
            since, first = time.perf_counter(), 0.0
            async with self.http.post("/chat/stream", json={"message": "hi"}) as response:
                if response.status != 200:
                    raise RuntimeError(f"/chat/stream: {response.status} {(await response.text())[:200]}")
                async for piece in response.content.iter_any():
                    if not first and b'"token"' in piece:
                        first = time.perf_counter() - since
            self.firsts.append((since, first))

    def between(self, start: float, end: float) -> list[float]:
        """Milliseconds of those that were asked then."""
        return [first * 1e3 for since, first in self.firsts if start <= since < end]


def book(pages: int) -> bytes:
    rng = random.Random(1)
    vocabulary = [
        f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("an", "or", "it", "un", "el") for c in ("a", "is", "on")
    ]

    def line() -> str:
        return " ".join(rng.choices(vocabulary, k=WORDS_A_LINE)).capitalize() + "."

    return pdf(*(lines(*(line() for _ in range(LINES_A_PAGE)), top=720) for _ in range(pages)))


def notes(number: int) -> bytes:
    rng = random.Random(number)
    said = (" ".join(f"word{rng.randrange(5_000)}" for _ in range(80)) for _ in range(PARAGRAPHS))
    return "\n\n".join([f"Notes {number}", *said]).encode()


async def upload(http: aiohttp.ClientSession, name: str, content: bytes) -> int:
    """The document's id."""
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name)
    async with http.post("/documents", data=form) as response:
        said = await response.json()
        if response.status not in (200, 202):
            raise RuntimeError(f"/documents: {response.status} {said}")
        return int(said["document_id"])


async def taken_in(http: aiohttp.ClientSession, id: int) -> str:
    """Its last status, once it has one."""
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            async with http.get(f"/documents/{id}") as response:
                status = str((await response.json())["status"])
            if status in ENDED:
                return status
            await asyncio.sleep(0.25)


async def measured(url: str, people: int, pages: int) -> dict[str, Any]:
    files = [("book.pdf", book(pages)), *((f"notes-{n}.txt", notes(n)) for n in range(DOCUMENTS))]
    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)) as http:
        chats = Chats(http)
        async with asyncio.TaskGroup() as group:
            at_it = [group.create_task(chats.person()) for _ in range(people)]
            await asyncio.sleep(2)  # imports and first connections are nobody's upload
            quiet = time.perf_counter()
            await asyncio.sleep(QUIET_SECONDS)
            busy = time.perf_counter()
            ids = await asyncio.gather(*(upload(http, name, content) for name, content in files))
            received = time.perf_counter()
            ends = await asyncio.gather(*(taken_in(http, id) for id in ids))
            done = time.perf_counter()
            for one in at_it:
                one.cancel()
    before, during = chats.between(quiet, busy), chats.between(busy, done)
    return {
        "documents": {end: ends.count(end) for end in set(ends)},
        "uploaded_seconds": round(received - busy, 2),
        "ready_seconds": round(done - busy, 1),
        **{f"quiet_first_ms_p{p}": round(percentile(before, p), 1) for p in (50, 95)},
        **{f"busy_first_ms_p{p}": round(percentile(during, p), 1) for p in (50, 95)},
        "answers": len(before) + len(during),
    }


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--database-url", help="an empty Postgres database; SQLite without")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with ScriptedProvider() as provider:
            environment = {
                "DATABASE_URL": given.database_url or f"sqlite:///{folder}/parley.db",
                "OPENAI_BASE_URL": provider.url,
                "PARLEY_MODEL": f"openai:words={WORDS},delay=0.02",
            }
            async with served(**environment) as server:
                print(json.dumps(await measured(server.url, given.people, given.pages)))


if __name__ == "__main__":
    asyncio.run(main())
