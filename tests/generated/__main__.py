"""`python -m tests.generated`: what follows goes to Schemathesis; DATABASE_URL says over which database."""

import asyncio
import os
import sys

from tests.generated.asking import ask


def main() -> int:
    code, printed = asyncio.run(ask(os.environ.get("DATABASE_URL", "memory://"), sys.argv[1:]))
    print(printed)
    return code


if __name__ == "__main__":
    sys.exit(main())
