"""What looks through the logs and errors of all tests finds what it is there for."""

import logging

import httpx2
import pytest

from tests.support.people import ADMIN_KEY
from tests.support.secrets_kept import Kept, remember, tells_nothing, told_in


async def test_a_secret_in_a_log_or_an_error_is_found() -> None:
    remember("made-up-while-it-runs", "short")
    kept = Kept()
    for said in (ADMIN_KEY, "made-up-while-it-runs"):
        kept.handle(logging.LogRecord("x", logging.WARNING, "x", 1, "a key: %s", (said,), None))
        assert told_in(kept.lines[-1]) == f"{said[:6]}..."
        with pytest.raises(AssertionError):
            await tells_nothing(httpx2.Response(400, text=f"no: {said}"))
    assert told_in("short") is None
    await tells_nothing(httpx2.Response(200, text=ADMIN_KEY))  # as shown once, to who made it
