"""The BlobStore that is a folder: a file a blob, which has its name once it is whole and on the disk."""

import asyncio
import errno
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from application.ports.blobs import PIECE_BYTES, BlobStore
from domain.blob import BlobId
from domain.errors import BlobLost, StorageFull, StorageUnavailable

T = TypeVar("T")
SAFE = re.compile(r"[A-Za-z0-9-]{1,100}")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderBlobStore(BlobStore):
    """Every file is in a folder of two letters, so that none has too many. The folder is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def description(self) -> str:
        return f"in the folder {self._folder}"

    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        whole, part = self._path(id), self._path(id, ".part")
        file = await _in_thread(lambda: _created(part))
        try:
            async for piece in pieces:
                await _in_thread(partial(file.write, piece))
            await _in_thread(lambda: _finished(file, part, whole))
        finally:
            await asyncio.shield(_in_thread(lambda: _dropped(file, part)))

    async def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        path = self._path(id)
        file = await _in_thread(lambda: _opened(path))
        try:
            while piece := await _in_thread(lambda: file.read(PIECE_BYTES)):
                yield piece
        finally:
            file.close()

    async def erase(self, id: BlobId) -> None:
        for path in (self._path(id), self._path(id, ".part")):
            await _in_thread(partial(path.unlink, missing_ok=True))

    def _path(self, id: BlobId, ending: str = "") -> Path:
        if not SAFE.fullmatch(id):
            raise ValueError(f"{id!r} is no id of a blob")
        return self._folder / id[:2] / f"{id}{ending}"


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull from error
        raise StorageUnavailable("The folder of documents cannot be used; nothing was changed") from error


def _created(part: Path) -> BinaryIO:
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise BlobLost from error


def _finished(file: BinaryIO, part: Path, whole: Path) -> None:
    """On the disk before it has its name, and its name before anybody is told."""
    file.flush()
    os.fsync(file.fileno())
    part.rename(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _dropped(file: BinaryIO, part: Path) -> None:
    with suppress(OSError):  # a full disk is told a second time here
        file.close()
    part.unlink(missing_ok=True)
