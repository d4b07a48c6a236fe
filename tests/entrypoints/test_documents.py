"""Documents over HTTP: uploaded, followed, found, shown where it stands, and gone without a trace."""

from typing import Any

from tests.support.app import Parley, until
from tests.support.databases import EVERY_DATABASE

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
