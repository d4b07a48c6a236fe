"""Vector stores, as OpenAI's own client uses them."""

from typing import Any

import pytest
from openai import APIStatusError, AsyncOpenAI, BadRequestError, NotFoundError
from openai.types import VectorStore

RIVERS = b"# Rivers\n\nA river bends because the outer bank wears away.\n"
LAKES = b"# Lakes\n\nA lake does not bend; its bank is washed by waves.\n"
SEAS = b"# Seas\n\nA sea has no bank at all, only coasts.\n"


async def filled(client: AsyncOpenAI) -> tuple[VectorStore, list[str]]:
    """A store with three files that are ready, each with its name and its year."""
    store = await client.vector_stores.create(name="Water", metadata={"of": "tests"})
    ids = []
    for year, (name, text) in enumerate((("rivers", RIVERS), ("lakes", LAKES), ("seas", SEAS)), 2024):
        file = await client.vector_stores.files.upload_and_poll(
            vector_store_id=store.id,
            file=(f"{name}.md", text),
            attributes={"name": name, "year": year, "fresh": name != "seas"},
            poll_interval_ms=50,
        )
        assert (file.status, file.last_error) == ("completed", None), file
        ids.append(file.id)
    return store, ids


async def found(client: AsyncOpenAI, store: str, **more: Any) -> list[str]:
    page = await client.vector_stores.search(store, **{"query": "which bank bends", **more})
    return [result.filename for result in page.data]


def compare(type: str, key: str, value: object) -> dict[str, Any]:
    return {"type": type, "key": key, "value": value}


async def test_a_store_is_filled_searched_by_attributes_and_emptied(client: AsyncOpenAI) -> None:
    store, ids = await filled(client)
    assert (await client.vector_stores.retrieve(store.id)).file_counts.completed == 3
    assert set(await found(client, store.id)) >= {"rivers.md", "lakes.md"}
    [only] = (await client.vector_stores.search(store.id, query=["bank", "waves"], max_num_results=1)).data
    assert (only.file_id, only.attributes) == (ids[1], {"name": "lakes", "year": 2025, "fresh": True})
    for filters, names in (
        (compare("eq", "name", "seas"), {"seas.md"}),
        (compare("ne", "fresh", True), {"seas.md"}),
        (compare("gte", "year", 2025), {"lakes.md", "seas.md"}),
        (compare("lt", "year", 2025.5), {"rivers.md", "lakes.md"}),
        (compare("in", "name", ["lakes", "oceans"]), {"lakes.md"}),
        (compare("nin", "name", ["lakes", "seas"]), {"rivers.md"}),
        (
            {"type": "or", "filters": [compare("eq", "year", 2024), compare("gt", "year", 2025)]},
            {"rivers.md", "seas.md"},
        ),
        ({"type": "and", "filters": [compare("eq", "fresh", True), compare("gt", "year", 2024)]}, {"lakes.md"}),
        (compare("eq", "year", "2024"), set()),
    ):
        # one result is asked for: what does not pass takes no other's place
        several = await found(client, store.id, filters=filters, query="bank", max_num_results=10)
        assert set(several) == names, filters
        assert len(await found(client, store.id, filters=filters, query="bank", max_num_results=1)) == min(
            1, len(names)
        )
    assert await found(client, store.id, ranking_options={"score_threshold": 1.0}, query="what waves wash") in (
        [],
        ["lakes.md"],
    )
    changed = await client.vector_stores.files.update(ids[0], vector_store_id=store.id, attributes={"year": 1})
    assert changed.attributes == {"year": 1}
    text = await client.vector_stores.files.content(ids[0], vector_store_id=store.id)
    assert "outer bank" in str(text.data[0].text)
    await client.vector_stores.files.delete(ids[1], vector_store_id=store.id)
    await client.files.delete(ids[2])
    assert [file.id async for file in client.vector_stores.files.list(store.id, filter="completed")] == [ids[0]]
    renamed = await client.vector_stores.update(store.id, name="Rivers", expires_after=None)
    assert (renamed.name, renamed.metadata, renamed.file_counts.total) == ("Rivers", {"of": "tests"}, 1)
    assert [each.id async for each in client.vector_stores.list(limit=1)] == [store.id]
    assert (await client.vector_stores.delete(store.id)).deleted
    assert (await client.files.retrieve(ids[0])).status == "processed"
    with pytest.raises(NotFoundError) as refused:
        await client.vector_stores.retrieve(store.id)
    assert refused.value.code == "vector_store_not_found"


async def test_files_are_added_together_and_followed(client: AsyncOpenAI) -> None:
    expires: Any = {"anchor": "last_active_at", "days": 3}
    store = await client.vector_stores.create(expires_after=expires)
    assert store.expires_at == (store.last_active_at or 0) + 3 * 86_400
    batch = await client.vector_stores.file_batches.upload_and_poll(
        store.id, files=[("rivers.md", RIVERS), ("lakes.md", LAKES)], poll_interval_ms=50
    )
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", 2, 2)
    files = [file async for file in client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id)]
    assert {file.status for file in files} == {"completed"}
    again: Any = [{"file_id": files[0].id, "attributes": {"a": 1}}]
    other = await client.vector_stores.file_batches.create(store.id, files=again)
    assert other.file_counts.total == 1
    stopped = await client.vector_stores.file_batches.cancel(other.id, vector_store_id=store.id)
    assert (stopped.status, stopped.file_counts.completed) == ("cancelled", 1)
    broken = await client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("broken.pdf", b"%PDF-1.7\nnothing"), poll_interval_ms=50
    )
    assert broken.status == "failed"
    assert broken.last_error
    assert broken.last_error.code == "invalid_file"


async def test_what_does_not_fit_is_refused(client: AsyncOpenAI) -> None:
    store = await client.vector_stores.create()
    deep = compare("eq", "a", 1)
    for _ in range(6):
        deep = {"type": "and", "filters": [deep]}
    listed: Any = (deep, compare("eq", "a", ["x"]), compare("in", "a", "x"), compare("like", "a", "x"))
    for filters in listed:
        with pytest.raises(BadRequestError):
            await client.vector_stores.search(store.id, query="x", filters=filters)
    refused: list[tuple[Any, str]] = [
        (client.vector_stores.files.create(store.id, file_id="file_900"), "file_id"),
        (client.vector_stores.create(file_ids=["file_900"]), "file_ids"),
        (client.vector_stores.file_batches.create(store.id, file_ids=["nothing"]), "file_ids"),
    ]
    for asked, field in refused:
        with pytest.raises(APIStatusError) as error:
            await asked
        assert (error.value.status_code, error.value.code, error.value.param) == (404, "file_not_found", field)
    made = await client.vector_stores.create(name="one", extra_headers={"Idempotency-Key": "same"})
    again = await client.vector_stores.create(name="one", extra_headers={"Idempotency-Key": "same"})
    assert again.id == made.id
