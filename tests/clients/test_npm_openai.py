"""OpenAI's SDK for JavaScript, against the application on a socket."""

import pytest

from tests.support.app import Parley
from tests.support.node import run_checks


@pytest.mark.usefixtures("packages")
async def test_the_javascript_sdk_of_openai_knows_no_difference(app: Parley) -> None:
    await run_checks("openai.mjs", {"url": app.url}, count=14)
