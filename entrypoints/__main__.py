"""`python -m entrypoints [COMMAND] [--host HOST] [--port PORT]`; without a command, serve."""

import argparse
import asyncio
import signal
import sys

from pydantic import ValidationError

from entrypoints.container import Container, close, prepare
from entrypoints.doctor import report, setup_hint
from entrypoints.lifespan import running
from entrypoints.logs import set_up_logging
from entrypoints.provider_set import CannotStart
from entrypoints.server import Server
from entrypoints.settings import Settings, misspelt


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop."""
    container = Container(settings=settings)
    server = Server(container)
    server.run()
    return 0 if server.started else 3


def worker(settings: Settings) -> int:
    """Execute queued and orphaned runs, answering no requests, until SIGTERM or SIGINT."""

    async def go() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        set_up_logging(settings)
        container = Container(settings=settings)
        async with running(container):
            print(f"A worker on {container.database().describe()}", flush=True)
            await stop.wait()

    asyncio.run(go())
    return 0


def migrate(settings: Settings) -> int:
    """Bring the schema up to date and say so."""

    async def go() -> None:
        container = Container(settings=settings)
        try:
            await prepare(container.database(), to_serve=False)
            print(f"{container.database().describe()} is up to date")
        finally:
            await close(container)

    asyncio.run(go())
    return 0


def setup_code(settings: Settings) -> int:
    """Print the code that makes the first user, or 1 when there is one already."""

    async def go() -> int:
        container = Container(settings=settings)
        try:
            await prepare(container.database(), to_serve=False)
            hint = await setup_hint(container)
            print(hint or "  setup     there are users, or nobody logs in here: there is nothing to set up")
            return 0 if hint else 1
        finally:
            await close(container)

    return asyncio.run(go())


def accept_secret(settings: Settings) -> int:
    """From now on the secret in the settings is the one that signs access tokens."""

    async def go() -> None:
        container = Container(settings=settings)
        try:
            await prepare(container.database(), to_serve=False)
            fingerprint = container.access_tokens().fingerprint
            await container.access().check_signing_secret(fingerprint, accept=True)
            print("Access tokens are signed with this secret from now on; give it to every replica")
        finally:
            await close(container)

    asyncio.run(go())
    return 0


def doctor(settings: Settings) -> int:
    """Print what is in force; 1 when something is wrong."""
    text, healthy = asyncio.run(report(Container(settings=settings)))
    print(text)
    return 0 if healthy else 1


COMMANDS = {
    "serve": serve,
    "worker": worker,
    "migrate": migrate,
    "doctor": doctor,
    "setup-code": setup_code,
    "accept-secret": accept_secret,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run", description="A self-hosted conversation backend.")
    parser.add_argument("command", nargs="?", choices=COMMANDS, default="serve")
    parser.add_argument("--host", help="address to listen on (PARLEY_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (PARLEY_PORT, 8000)")
    given = parser.parse_args(arguments)
    overrides = {name: value for name in ("host", "port") if (value := getattr(given, name)) is not None}
    for sentence in misspelt():
        print(f"warning: {sentence}", file=sys.stderr)
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"])
            print(
                f"error: {where + ': ' if where else ''}{problem['msg'].removeprefix('Value error, ')}", file=sys.stderr
            )
        return 2
    try:
        return COMMANDS[given.command](settings)
    except CannotStart as error:
        print(f"error: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
