"""Node and its packages, for the clients that exist only there. They are used where they are, and never required."""

import asyncio
import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parent.parent / "clients"
LOCK = CLIENTS / "package-lock.json"
INSTALLED = CLIENTS / "node_modules" / "installed-package-lock.json"
OLDEST = 20
RUN_SECONDS, INSTALL_SECONDS = 240, 300


def missing() -> str | None:
    """Why the npm clients cannot run here, if they cannot."""
    absent = [name for name in ("node", "npm") if shutil.which(name) is None]
    if absent:
        return f"{' and '.join(absent)} not found"
    found = re.match(r"v(\d+)", _said("node", "--version"))
    if not found or int(found[1]) < OLDEST:
        return f"node is older than {OLDEST}"
    return None


def header() -> str:
    if why := missing():
        return f"npm clients: NOT TESTED, {why}; tests/clients (ai, @ai-sdk/react, openai) need node {OLDEST} and npm"
    return f"npm clients: node {_said('node', '--version').strip()}"


def install() -> None:
    """Have the packages of the lock file in tests/clients/node_modules. Processes that ask at once take turns."""
    with LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        wanted = LOCK.read_bytes()
        if INSTALLED.exists() and INSTALLED.read_bytes() == wanted:
            return
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode:
            raise RuntimeError(f"npm ci failed:\n{done.stdout}{done.stderr}")
        INSTALLED.write_bytes(wanted)


async def run_checks(script: str, given: Mapping[str, Any], *, count: int) -> None:
    """Run a script of tests/clients, which has so many checks. Raise AssertionError saying which of them failed."""
    process = await asyncio.create_subprocess_exec(
        "node", script, cwd=CLIENTS, env=_environment(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(RUN_SECONDS):
            out, errors = await process.communicate(json.dumps(given).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise AssertionError(f"{script} ended with {process.returncode}:\n{out.decode()}{errors.decode()}")
    results: list[dict[str, Any]] = json.loads(out)
    failures = [f"{result['name']}:\n{result['failure']}" for result in results if result["failure"]]
    if len(results) != count:
        failures.append(f"{len(results)} checks were run, not {count}")
    if failures:
        raise AssertionError("\n\n".join(failures))


def _environment() -> dict[str, str]:
    """No proxy between the client and this machine."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
