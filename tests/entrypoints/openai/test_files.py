"""Files, as OpenAI's own client uses them."""

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

TEXT = b"# Rivers\n\nA river bends because the outer bank wears away.\n"


async def test_a_file_is_uploaded_read_listed_downloaded_and_deleted(client: AsyncOpenAI) -> None:
    made = await client.files.create(file=("rivers.md", TEXT), purpose="user_data")
    assert (made.filename, made.bytes, made.object) == ("rivers.md", len(TEXT), "file")
    ready = await client.files.wait_for_processing(made.id, poll_interval=0.05, max_wait_seconds=30)
    assert (ready.status, ready.status_details) == ("processed", None)
    assert (await client.files.create(file=("again.md", TEXT), purpose="assistants")).id == made.id
    other = await client.files.create(file=("other.txt", b"Cats sleep."), purpose="assistants")
    assert [file.id async for file in client.files.list(limit=1)] == [other.id, made.id]
    assert (await client.files.content(made.id)).content == TEXT
    assert (await client.files.delete(made.id)).deleted
    for gone in (made.id, "file_x", "conv_1"):
        with pytest.raises(NotFoundError) as refused:
            await client.files.retrieve(gone)
        assert refused.value.code == "file_not_found"


async def test_what_cannot_be_read_is_told_as_openai_tells_it(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        await client.files.create(file=("data.jsonl", b"{}"), purpose="batch")
    assert (refused.value.param, refused.value.code) == ("purpose", "invalid_value")
    with pytest.raises(BadRequestError) as refused:
        await client.files.create(file=("page.png", b"\x89PNG\r\n\x1a\n" + bytes(99)), purpose="assistants")
    assert refused.value.code == "unsupported_document"
    broken = await client.files.create(file=("broken.pdf", b"%PDF-1.7\nnothing more"), purpose="assistants")
    failed = await client.files.wait_for_processing(broken.id, poll_interval=0.05, max_wait_seconds=30)
    assert failed.status == "error"
    assert failed.status_details
