"""Parley on a real socket over a scripted provider, and clients of it in processes and environments of their own."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.python.environments import environment
from tests.support.app import Parley, parley
from tests.support.provider import ScriptedProvider

Say = Callable[..., Awaitable[str]]
"""What a command of a group's environment prints: `say(group, command, *arguments, **variables)`."""

SCRIPTS = Path(__file__).parent / "scripts"
SECONDS = 120
MODELS = [("plain", "agent", "json"), ("demo:parrot", "demo:parrot", "demo:parrot")]
"""Those that talk, that call a tool, and that answer in JSON."""

collect_ignore = [] if os.environ.get("CLIENTS") == "every" else ["test_litellm.py"]


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with (
        ScriptedProvider() as provider,
        parley(openai_api_key="a-key", openai_base_url=provider.url, model="openai:plain", provider_attempts=1) as app,
    ):
        yield app


@pytest.fixture(params=MODELS, ids=["scripted", "demo"])
def models(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


@pytest.fixture
def say(tmp_path: Path) -> Say:
    alone = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "NO_PROXY": "*", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    async def run(group: str, command: str, *arguments: str, **variables: str) -> str:
        home = await asyncio.to_thread(environment, group)
        process = await asyncio.create_subprocess_exec(
            str(home / command), *arguments, env=alone | variables, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                said, complained = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, complained.decode()
        return said.decode()

    return run


@pytest.fixture
def told(say: Say) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The JSON in the last line that a script prints: `told(group, script, *arguments)`."""

    async def run(group: str, script: str, *arguments: str) -> dict[str, Any]:
        said = await say(group, "python", str(SCRIPTS / script), *arguments)
        document: dict[str, Any] = json.loads(said.splitlines()[-1])
        return document

    return run
