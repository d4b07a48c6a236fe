"""A short run of chaos; longer ones by hand."""

import secrets

from tests.chaos.world import chaos

SECONDS = 25


async def test_what_was_promised_holds_while_everything_breaks() -> None:
    report = await chaos(SECONDS, secrets.token_hex(3))
    print(report)
    for name, printed in report.printed.items():
        print(f"--- replica {name}\n{printed}")
    assert report.wrong == []
