"""Documents over HTTP: uploaded, followed, found, shown where it stands, and gone without a trace."""

import json
from typing import Any

import sqlalchemy as sa

from adapters.demo.embedder import HashingEmbedder
from adapters.memory.database import MemoryDatabase
from adapters.sql.tables import metadata
from application.ports.embedder import Embeddings
from domain.access import LOCAL_OWNER
from domain.citation import DocumentId
from domain.errors import ProviderRejectedRequest
from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.documents import lines, pdf

RIVERS = b"# Rivers\n\nA river bends because the outer bank wears away. The word is heliotrope.\n"


async def upload(
    app: Parley, content: bytes = RIVERS, name: str = "rivers.md", *, status: int = 202, **more: Any
) -> dict[str, Any]:
    answer = await app.http.post("/documents", files={"file": (name, content)}, **more)
    assert answer.status_code == status, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def settled(app: Parley, id: int) -> dict[str, Any]:
    """The document, once nobody is at work on it."""
    seen: dict[str, Any] = {}

    async def is_settled() -> bool:
        seen.update((await app.http.get(f"/documents/{id}")).json())
        return seen["status"] in ("ready", "failed", "cancelled")

    await until(is_settled, seconds=30)
    return seen


async def found(app: Parley, question: str = "why do rivers bend") -> list[dict[str, Any]]:
    answer = await app.http.get("/search", params={"q": question})
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


@EVERY_DATABASE
async def test_an_upload_becomes_ready_and_is_found(app: Parley) -> None:
    made = await upload(app)
    assert (made["filename"], made["status"]) == ("rivers.md", "queued")
    ready = await settled(app, made["document_id"])
    assert (ready["status"], ready["indexed"], ready["chunks"], ready["version"]) == ("ready", 1, 1, 1), ready
    assert (ready["media_type"], ready["title"], ready["language"]) == ("text/markdown", "Rivers", "en")
    (passage,) = await found(app)
    assert "outer bank" in passage["text"]
    events = [json.loads(line) for line in (await app.http.get(f"/runs/{made['run_id']}/events")).text.splitlines()]
    steps = [(event["type"], event.get("name")) for event in events]
    assert steps[:2] == [("step_started", "reading"), ("step_finished", "reading")]
    assert {"type": "step_progress", "name": "indexing", "count": 1, "of": 1}.items() <= events[-3].items()
    assert (events[-1]["type"], events[-1]["status"]) == ("run_finished", "completed")
    assert (await app.http.get("/conversations")).json() == []


async def test_the_same_bytes_are_the_same_document_at_once(app: Parley) -> None:
    headers = {"idempotency-key": "one"}
    first = await upload(app, headers=headers)
    assert (await upload(app, status=200, headers=headers))["document_id"] == first["document_id"]
    again = await upload(app, name="another.txt", status=200)
    assert (again["document_id"], again["filename"]) == (first["document_id"], "rivers.md")
    other = await app.http.post("/documents", files={"file": ("b", b"other")}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await app.http.get("/documents")).json()) == 1
    await settled(app, first["document_id"])


async def test_a_passage_is_shown_where_it_stands_and_the_file_comes_back(app: Parley) -> None:
    content = pdf(lines("Rivers bend slowly."), lines("Lakes do not bend."), title="Water")
    id = (await upload(app, content, "../ünter\\wegs 1.pdf"))["document_id"]
    ready = await settled(app, id)
    assert (ready["pages"], ready["title"], ready["filename"]) == (2, "Water", "wegs 1.pdf")
    passage = next(each for each in await found(app, "lakes") if "Lakes" in each["text"])
    page = (await app.http.get(f"/documents/{id}/text", params={"page": 2})).json()
    shown = page["text"][max(passage["start"], page["start"]) - page["start"] :]
    assert shown.startswith("Lakes do not bend.")
    assert (page["first_page"], page["last_page"], page["end"]) == (2, 2, page["characters"])
    part = (await app.http.get(f"/documents/{id}/text", params={"start": 3, "end": 9})).json()
    assert part["text"] == "ers be"
    assert (await app.http.get(f"/documents/{id}/text", params={"page": 3})).status_code == 422
    download = await app.http.get(f"/documents/{id}/content")
    assert download.content == content
    assert download.headers["content-disposition"] == "attachment; filename*=UTF-8''wegs%201.pdf"
    assert download.headers["x-content-type-options"] == "nosniff"
    assert download.headers["content-type"] == "application/octet-stream"


async def test_pages_follow_the_link(app: Parley) -> None:
    ids = [(await upload(app, b"%d rivers" % n))["document_id"] for n in range(3)]
    first = await app.http.get("/documents", params={"limit": 2})
    rest = await app.http.get(first.headers["link"].partition(">")[0].lstrip("<"))
    assert [each["document_id"] for each in [*first.json(), *rest.json()]] == ids[::-1]
    assert "link" not in rest.headers
    for id in ids:
        await settled(app, id)


async def test_what_cannot_be_read_fails_with_its_reason_and_may_be_tried_again(app: Parley) -> None:
    id = (await upload(app, b"%PDF-1.7 torn", "torn.pdf"))["document_id"]
    for version in range(2):
        failed = await settled(app, id)
        assert (failed["status"], failed["problem"]["code"]) == ("failed", "document_unreadable"), version
        events = (await app.http.get(f"/runs/{failed['run_id']}/events")).text.splitlines()
        assert json.loads(events[-1])["problem"]["code"] == "document_unreadable"
        again = await app.http.post(f"/documents/{id}/retry")
        assert (again.status_code, again.json()["status"], again.json()["problem"]) == (202, "queued", None)
        assert again.json()["run_id"] != failed["run_id"]
    assert (await settled(app, id))["status"] == "failed"
    ready = (await upload(app))["document_id"]
    await settled(app, ready)
    refused = await app.http.post(f"/documents/{ready}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "document_conflict")


async def chunks_of(app: Parley, id: int) -> int:
    async with app.container.database().read() as tx:
        return len(await tx.search.passages_of(DocumentId(id), owner=LOCAL_OWNER, limit=1))


class Slow(HashingEmbedder):
    """Answers some texts, then none: for ever, or with a refusal."""

    def __init__(self, patience: int, *, refuses: bool) -> None:
        super().__init__()
        self.patience, self.refuses = patience, refuses

    async def embed(self, texts: Any, *, model: str | None = None, dimensions: int | None = None) -> Embeddings:
        self.patience -= 1
        if self.patience < 0 and self.refuses:
            raise ProviderRejectedRequest("demo", "not today")
        if self.patience < 0:
            await until(lambda: False, seconds=60)
        return await super().embed(texts, model=model, dimensions=dimensions)


LONG = "\n\n".join(f"Paragraph {n} of heliotrope: {'rivers bend and bend ' * 30}" for n in range(300)).encode()


@EVERY_DATABASE
async def test_half_a_document_is_never_found_and_one_that_is_cancelled_leaves_no_chunk(storage: str) -> None:
    async with parley(database_url=storage, embedding_calls=1) as app:
        app.container.provider_set().embedders["demo"] = Slow(1, refuses=False)
        made = await upload(app, LONG)
        url = f"/documents/{made['document_id']}"

        async def has_begun() -> bool:
            seen = (await app.http.get(url)).json()
            return bool(seen["status"] == "indexing" and 0 < seen["indexed"] < seen["chunks"])

        await until(has_begun, seconds=30)
        assert await chunks_of(app, made["document_id"]) > 0
        assert (await app.http.get("/search", params={"q": "rivers"})).json()["results"] == []
        assert (await app.http.post(f"{url}/retry")).status_code == 409
        stopped = (await app.http.post(f"{url}/cancel")).json()
        assert (stopped["status"], stopped["indexed"], stopped["chunks"]) == ("cancelled", 0, 0)
        assert await chunks_of(app, made["document_id"]) == 0
        app.container.provider_set().embedders["demo"] = Slow(1000, refuses=False)
        assert (await app.http.post(f"{url}/retry")).status_code == 202
        assert (await settled(app, made["document_id"]))["status"] == "ready"
        assert await found(app, "rivers")


async def test_an_embedder_that_fails_half_way_is_the_reason_and_nothing_is_searched(storage: str) -> None:
    async with parley(database_url=storage, embedding_calls=1) as app:
        app.container.provider_set().embedders["demo"] = Slow(2, refuses=True)
        id = (await upload(app, LONG))["document_id"]
        failed = await settled(app, id)
        assert (failed["status"], failed["problem"]["code"]) == ("failed", "provider_rejected_request")
        assert failed["indexed"] == 0
        assert await found(app, "rivers") == []


async def test_a_cancelled_run_is_a_cancelled_document_that_is_tidied_up(storage: str) -> None:
    async with parley(database_url=storage, embedding_calls=1) as app:
        app.container.provider_set().embedders["demo"] = Slow(1, refuses=False)
        made = await upload(app, LONG)
        url = f"/documents/{made['document_id']}"

        async def chunks() -> int:
            return int((await app.http.get(url)).json()["indexed"])

        await until(chunks, seconds=30)
        await app.http.post(f"/runs/{made['run_id']}/cancel")
        assert (await app.http.get(url)).json()["status"] == "cancelled"

        async def is_tidy() -> bool:
            return not await chunks()

        await until(is_tidy, seconds=30)


@EVERY_DATABASE
async def test_a_deleted_document_is_in_no_table(app: Parley) -> None:
    id = (await upload(app, LONG, "heliotrope.txt", headers={"idempotency-key": "one"}))["document_id"]
    ready = await settled(app, id)
    assert await found(app, "heliotrope")
    assert "heliotrope" in await everything_of(app)
    report = (await app.http.delete(f"/documents/{id}")).json()
    assert report["bytes"] == len(LONG)
    assert report["chunks"] == report["vectors"] == ready["chunks"] > 100
    assert (report["runs"], report["document_id"]) == (1, id)
    assert "heliotrope" not in await everything_of(app)
    for path in (f"/documents/{id}", f"/documents/{id}/content", f"/runs/{ready['run_id']}"):
        assert (await app.http.get(path)).status_code == 404
    assert await found(app, "heliotrope") == []
    assert (await upload(app, LONG))["document_id"] > id
    await settled(app, id + 1)


async def everything_of(app: Parley) -> str:
    """All rows of all tables, as text; bytes as the letters that they may be."""
    database = app.container.database()
    if isinstance(database, MemoryDatabase):
        return repr((database.tables, database.knowledge))

    def look(connection: sa.Connection) -> str:
        rows = (row for table in metadata.sorted_tables for row in connection.execute(sa.select(table)))
        return repr([tuple(row) for row in rows])

    async with database.backend.read() as session:
        return await session.run(look, slow=True)
