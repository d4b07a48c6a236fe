"""Zip archives of strangers."""

import lzma
import struct
import zipfile
import zlib
from io import BytesIO

from domain.errors import DocumentUnreadable, UnreadableCause

# what the package raises of archives that are damaged, or made by somebody who wanted them to be
TORN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, OverflowError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError, IndexError),
)


def opened(content: bytes) -> zipfile.ZipFile:
    """Raises DocumentUnreadable when it is none."""
    try:
        return zipfile.ZipFile(BytesIO(content))
    except TORN as error:
        raise DocumentUnreadable(UnreadableCause.DAMAGED) from error
