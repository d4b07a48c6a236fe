"""The BlobStore over S3: one request for what is small, a multipart upload for what is not."""

import xml.etree.ElementTree as Xml
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from io import BytesIO
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from adapters.s3.signing import Credentials, query_of, signed_headers
from application.ports.blobs import PIECE_BYTES, BlobStore
from domain.blob import BlobId
from domain.errors import BlobLost, StorageUnavailable

PART_BYTES = 8 * 1024 * 1024
"""Above the 5 MiB that S3 asks of every part but the last; so much of an upload is held."""
NOT_FOUND = 404


class S3BlobStore(BlobStore):
    """`endpoint` is an address such as https://s3.example.com; the bucket stands in the path, which every such store
    understands."""

    def __init__(
        self,
        *,
        endpoint: str,
        bucket: str,
        prefix: str,
        credentials: Credentials,
        now: Callable[[], datetime],
        timeout_seconds: float = 60.0,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._root = f"{endpoint.rstrip('/')}/{quote(bucket, safe='')}"
        self._bucket, self._prefix = bucket, prefix
        self._credentials, self._now = credentials, now
        self._timeout = aiohttp.ClientTimeout(total=None, connect=timeout_seconds, sock_read=timeout_seconds)
        self._part_bytes = part_bytes
        self._session: aiohttp.ClientSession | None = None

    @property
    def description(self) -> str:
        return f"in the bucket {self._bucket} at {urlsplit(self._root).hostname}"

    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        waiting, upload, parts = bytearray(), "", list[str]()
        async for piece in pieces:
            waiting += piece
            if len(waiting) >= self._part_bytes:
                upload = upload or await self._begun(id)
                parts.append(await self._part(id, upload, len(parts) + 1, bytes(waiting)))
                waiting.clear()
        if not upload:
            await self._ask("PUT", id, body=bytes(waiting))
            return
        if waiting:
            parts.append(await self._part(id, upload, len(parts) + 1, bytes(waiting)))
        await self._complete(id, upload, parts)

    async def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        async with self._answer("GET", id) as answer:
            if answer.status == NOT_FOUND:
                raise BlobLost
            async for piece in answer.content.iter_chunked(PIECE_BYTES):
                yield piece

    async def erase(self, id: BlobId) -> None:
        await self._ask("DELETE", id)
        listed = await self._ask("GET", None, {"uploads": "", "prefix": self._key(id)})
        for upload in Xml.fromstring(listed).iter():  # noqa: S314  our own store, and expat bounds what it expands
            if upload.tag.endswith("UploadId") and upload.text:
                await self._ask("DELETE", id, {"uploadId": upload.text})

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    async def _begun(self, id: BlobId) -> str:
        answer = Xml.fromstring(await self._ask("POST", id, {"uploads": ""}))  # noqa: S314
        found = next((each.text for each in answer.iter() if each.tag.endswith("UploadId")), None)
        if not found:
            raise _trouble("it begins no upload")
        return found

    async def _part(self, id: BlobId, upload: str, number: int, data: bytes) -> str:
        params = {"partNumber": str(number), "uploadId": upload}
        async with self._answer("PUT", id, params, data) as answer:
            return answer.headers.get("etag", "")

    async def _complete(self, id: BlobId, upload: str, parts: list[str]) -> None:
        root = Xml.Element("CompleteMultipartUpload")
        for number, etag in enumerate(parts, 1):
            part = Xml.SubElement(root, "Part")
            Xml.SubElement(part, "PartNumber").text = str(number)
            Xml.SubElement(part, "ETag").text = etag
        said = await self._ask("POST", id, {"uploadId": upload}, Xml.tostring(root))
        if b"<Error" in said:  # S3 says so with a 200
            raise _trouble("it did not put an upload together")

    async def _ask(
        self, method: str, id: BlobId | None, params: Mapping[str, str] | None = None, body: bytes = b""
    ) -> bytes:
        async with self._answer(method, id, params, body) as answer:
            return await answer.read()

    @asynccontextmanager
    async def _answer(
        self, method: str, id: BlobId | None, params: Mapping[str, str] | None = None, body: bytes = b""
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer, or that there is no such thing."""
        url = self._root if id is None else f"{self._root}/{quote(self._key(id))}"
        headers = signed_headers(self._credentials, method, url, params or {}, body, now=self._now())
        address = URL(f"{url}?{query_of(params)}" if params else url, encoded=True)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=False)
        try:
            async with self._session.request(
                method, address, headers=headers, data=BytesIO(body), allow_redirects=False
            ) as answer:
                if answer.status >= 300 and answer.status != NOT_FOUND:
                    raise _trouble(f"it says {answer.status}")
                yield answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _trouble("it does not answer") from error

    def _key(self, id: BlobId) -> str:
        return f"{self._prefix}{id}"


def _trouble(what: str) -> StorageUnavailable:
    return StorageUnavailable(f"The store of documents cannot be used, {what}; nothing was changed. Try again shortly")
