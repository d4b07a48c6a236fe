"""`python -m tests.generated`: what follows goes to Schemathesis, but for `--as-admin`, which is with a login.

DATABASE_URL says over which database.
"""

import asyncio
import os
import sys

from tests.generated.asking import ask

AS_ADMIN = "--as-admin"


def main() -> int:
    options = [option for option in sys.argv[1:] if option != AS_ADMIN]
    url, as_admin = os.environ.get("DATABASE_URL", "memory://"), AS_ADMIN in sys.argv
    code, printed = asyncio.run(ask(url, options, as_admin=as_admin))
    print(printed)
    return code


if __name__ == "__main__":
    sys.exit(main())
