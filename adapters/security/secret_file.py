"""The server's secret, kept in a file that its user alone can read."""

import os
import secrets
from pathlib import Path

BYTES = 32


def secret_in(path: Path) -> bytes:
    """The secret in the file, which is made with a fresh one if it is not there.

    Raise OSError when it cannot be read or made, ValueError when others may read it or what is in it is no secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(made, "w") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
    return _read(path)


def _read(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ValueError(f"others may read {path}: chmod 600 it")
    text = path.read_text().strip()
    if len(text) < 2 * BYTES:
        raise ValueError(f"{path} holds no secret: delete it, and a fresh one is made; everybody has to log in again")
    return text.encode()
