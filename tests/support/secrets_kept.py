"""A plugin: no log of any test, and no answer that is an error, has a secret in it that the suite uses.

Asked of each test that logged or was told something; a secret is known by standing in SECRETS, or by `remember`
where it is made up while a test runs.
"""

import logging
from collections.abc import Iterator

import httpx2
import pytest

SECRETS: set[str] = {
    "an-admin-key-that-is-long-enough",
    "three cats on a wall",
    "four dogs in a boat",
    "seven geese abroad",
    "9d1c7e4ab02f4c86a3e5d8f17b6042ce",
    "07b3f1c95ad84e62b9c0d7e84a1f536d",
    "s3cret+of/the=client:x",
    "sk-secret-of-the-operator",
    "sk-of-the-operator",
    "sk-of-the-operator-alone",
}
SHORTEST = 12
MADE: set[str] = set()
"""Those that were made up while this test runs."""


def remember(*secrets: str) -> None:
    """Secrets that were made up: tokens, keys. Forgotten after the test."""
    MADE.update(each for each in secrets if len(each) >= SHORTEST)


def told_in(text: str) -> str | None:
    """The beginning of the first secret in the text, if there is one."""
    return next((f"{secret[:6]}..." for secret in sorted(SECRETS | MADE) if secret in text), None)


async def tells_nothing(response: httpx2.Response) -> None:
    """Asked of each answer that a test's client gets."""
    if response.status_code >= 400:
        await response.aread()
        told = told_in(response.text)
        assert told is None, f"the secret {told} is in an answer with the status {response.status_code}"


class Kept(logging.Handler):
    """Keeps what is logged as it would be read: the message, and the traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    kept = Kept()
    MADE.clear()
    root = logging.getLogger()
    root.addHandler(kept)
    try:
        result = yield
    finally:
        root.removeHandler(kept)
    if kept.lines and (told := told_in("\n".join(kept.lines))):
        pytest.fail(f"the secret {told} was logged by {item.nodeid}")
    return result
