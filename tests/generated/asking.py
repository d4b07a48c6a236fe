"""Serve the real application and ask it."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.app import Parley, parley
from tests.support.people import ADMIN, ADMIN_KEY

ROOT = Path(__file__).parent.parent.parent
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


async def ask(database_url: str, options: Sequence[str], *, as_admin: bool = False) -> tuple[int, str]:
    """The exit code, which is 0 when every answer was as documented, and what was printed, the seed too.

    Without a login; or `as_admin` where everybody logs in, with the operator's key.
    """
    settings: dict[str, Any] = {"auth": "required", "api_key": ADMIN_KEY, "registration": "open"} if as_admin else {}
    if as_admin:
        options = (*options, "--header", f"Authorization: Bearer {ADMIN_KEY}")
    with tempfile.TemporaryDirectory() as folder:
        async with parley(database_url=database_url, **settings) as app:
            app.http.headers |= ADMIN if as_admin else {}
            await _fill(app)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION),
                "run", f"{app.url}/openapi.json", *options,
                cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            try:
                printed, _ = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
    return process.returncode or 0, printed.decode()


async def _fill(app: Parley) -> None:
    """Something to ask about: schemathesis.toml names the ids that this makes."""
    item = {"role": "user", "content": "help"}
    for _ in range(20):
        for path, body in (
            ("/chat", {"message": "help"}),
            ("/v1/responses", {"input": "help", "background": True}),
            ("/v1/conversations", {"items": [item]}),
        ):
            (await app.http.post(path, json=body)).raise_for_status()
