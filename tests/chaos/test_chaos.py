"""A short run of chaos; longer ones by hand."""

from tests.chaos.world import chaos

SECONDS = 8
SEED = "parley"


async def test_what_was_promised_holds_while_everything_breaks() -> None:
    report = await chaos(SECONDS, SEED)
    print(report)
    for name, printed in report.printed.items():
        print(f"--- replica {name}\n{printed}")
    assert report.wrong == []
