"""`python -m tests.chaos --minutes N --seed S`: exit code 1 when something that was promised did not hold."""

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from tests.chaos.world import chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", default=secrets.token_hex(3), help="chooses what is done, not when")
    parser.add_argument("--logs", type=Path, help="a folder for what the replicas print")
    given = parser.parse_args()
    report = asyncio.run(chaos(given.minutes * 60, given.seed))
    print(report)
    if given.logs:
        given.logs.mkdir(parents=True, exist_ok=True)
        for name, printed in report.printed.items():
            (given.logs / f"{given.seed}-{name}.log").write_text(printed)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
