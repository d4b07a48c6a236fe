"""`python -m tests.support.provider --port 0` prints the URL and serves until it is told to stop."""

import argparse
import asyncio
import contextlib

from tests.support.provider.server import ScriptedProvider


async def serve(port: int) -> None:
    provider = ScriptedProvider()
    await provider.start(port)
    print(provider.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await provider.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.support.provider")
    parser.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().port))
