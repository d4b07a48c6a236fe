"""Uploads that mean harm: names, kinds that lie, bombs and floods. What is stored is stored under a name of ours."""

import asyncio
import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.memory.database import MemoryDatabase
from tests.support.app import Parley, parley, until
from tests.support.documents import pdf_of

NAMES = (
    "../../etc/x", "..%2f..%2fx", "C:\\x", "nul\x00l.txt", "a" * 300, ".", "..", "", " ", "CON", "evil\u202etxt.exe",
    "two\nlines.txt", 'quo"te.txt', "x\r\nSet-Cookie: a=b", "<img src=x onerror=alert(1)>.txt",
)  # fmt: skip
LIES = {
    "a program as text": (b"MZ\x90\x00" + b"\x00" * 100, "letter.txt"),
    "a picture as PDF": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "scan.pdf"),
    "an archive as Word": (b"", "letter.docx"),
    "an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "letter.docx"),
    "noise": (bytes(range(256)) * 40, "notes.md"),
}


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def multipart(name: bytes, content: bytes) -> dict[str, Any]:
    """A form with a file of exactly this name, whatever it does to the header."""
    body = b'--x\r\ncontent-disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n--x--\r\n' % (name, content)
    return {"content": body, "headers": {"content-type": "multipart/form-data; boundary=x"}}


def bytes_kept(app: Parley) -> int:
    """How many blobs the ledger knows."""
    database = app.container.database()
    assert isinstance(database, MemoryDatabase)
    return len(database.knowledge.blobs)


async def outcome(app: Parley, id: int) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    async def is_over() -> bool:
        seen.update((await app.http.get(f"/documents/{id}")).json())
        return seen["status"] in ("ready", "failed")

    await until(is_over, seconds=60)
    return seen


async def test_a_name_is_shown_and_nothing_else(tmp_path: Path) -> None:
    async with parley(blob_store=str(tmp_path / "blobs")) as app:
        for number, name in enumerate(NAMES):
            sent = multipart(name.replace('"', '\\"').encode(), b"rivers %d" % number)
            answer = await app.http.post("/documents", **sent)
            if "\n" in name:  # it ends the header, so that it is not the name any more
                assert answer.status_code in (202, 422), (name, answer.text)
                continue
            assert answer.status_code == 202, (name, answer.text)
            shown = answer.json()["filename"]
            assert shown.isprintable()
            assert 0 < len(shown) <= 200
            assert not set(shown) & set("/\\\u202e")
            id = answer.json()["document_id"]
            download = await app.http.get(f"/documents/{id}/content")
            assert download.content == b"rivers %d" % number
            assert "set-cookie" not in download.headers
            assert download.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
            assert download.headers["content-security-policy"].startswith("default-src 'none'")
            await outcome(app, id)
        files = [Path(folder, name) for folder, _, names in os.walk(tmp_path) for name in names]
        assert all(file.is_relative_to(tmp_path / "blobs") and len(file.name) == 32 for file in files)
        assert len(files) == len((await app.http.get("/documents", params={"limit": 100})).json())


@pytest.mark.parametrize("lie", LIES)
async def test_a_kind_is_seen_and_not_believed(app: Parley, lie: str, tmp_path: Path) -> None:
    content, name = LIES[lie]
    content = content or zipped(**{"xl/workbook.xml": b"<x/>"})
    answer = await app.http.post("/documents", files={"file": (name, content, "text/plain")})
    if answer.status_code == 202:  # only reading it shows
        failed = await outcome(app, answer.json()["document_id"])
        assert (failed["status"], failed["problem"]["code"]) == ("failed", "unsupported_document")
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "unsupported_document"), answer.text
        assert bytes_kept(app) == 0


async def test_a_page_that_is_a_pdf_too_is_served_as_neither(app: Parley) -> None:
    polyglot = b"<script>alert(1)</script>%PDF-1.7\n" + pdf_of([b"<</Type/Catalog>>"])
    id = (await app.http.post("/documents", files={"file": ("x.html", polyglot, "text/html")})).json()["document_id"]
    await outcome(app, id)
    download = await app.http.get(f"/documents/{id}/content")
    assert download.headers["content-type"] == "application/octet-stream"
    assert download.headers["x-content-type-options"] == "nosniff"


async def test_bombs_end_in_time_and_the_server_goes_on() -> None:
    bomb = zipped(**{"word/document.xml": b"<w:p/>" * 20_000_000, "[Content_Types].xml": b"<Types/>"})
    pages = b"<</Type/Pages/Count 1000000/Kids[2 0 R]>>"  # of itself
    deep = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", pages])
    async with parley(document_seconds=20, document_memory_bytes=256 * 1024 * 1024) as app:
        ids = [
            (await app.http.post("/documents", files={"file": file})).json()["document_id"]
            for file in (("bomb.docx", bomb), ("pages.pdf", deep))
        ]
        for id in ids:
            failed = await outcome(app, id)
            assert failed["status"] == "failed", failed
            assert failed["problem"]["code"] in ("document_unreadable", "document_too_large")
        assert (await app.http.get("/", headers={"accept": "application/json"})).status_code == 200


async def test_what_is_too_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="x.txt"\r\n\r\n'
        while sent < 50_000_000:
            sent += 65_536
            yield b"rivers, " * 8_192
            await asyncio.sleep(0)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    async with parley(document_bytes=100_000, blob_store=str(tmp_path)) as app:
        large = await app.http.post("/documents", files={"file": ("x.txt", b"rivers, " * 100_000)})
        assert (large.status_code, large.json()["code"]) == (413, "content_too_large")
        over = await app.http.post("/documents", files={"file": ("x.txt", b"rivers, " * 15_000)})
        assert (over.status_code, over.json()["code"]) == (413, "document_too_large")
        flooded = await app.http.post("/documents", content=endless(), headers=headers)
        assert flooded.status_code == 413
        assert [name for _, _, names in os.walk(tmp_path) for name in names] == []
        assert bytes_kept(app) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"--x--\r\n",
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\ncut off',
        b'--x\r\ncontent-disposition: form-data; name="other"; filename="x"\r\n\r\nwords\r\n--x--\r\n',
        b'--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nwords\r\n--x--\r\n',
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n\r\n--x--\r\n',
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n' + b"a" * 5_000 + b"\r\n--x--\r\n",
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n' * 50,
        b"--x\r\n" + b"a" * 20_000 + b": b\r\n",
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nwords\r\n'
        b'--x\r\ncontent-disposition: form-data; name="chunking"\r\n\r\nwrong\r\n--x--\r\n',
    ],
)
async def test_a_form_that_is_none_is_refused_and_leaves_nothing(app: Parley, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await app.http.post("/documents", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert json.loads(answer.text)["code"] in ("invalid_input", "document_unreadable")
    without = await app.http.post("/documents", content=body, headers={"content-type": "text/plain"})
    assert without.status_code == 422
    assert bytes_kept(app) == 0
    assert (await app.http.get("/documents")).json() == []
