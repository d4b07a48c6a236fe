"""What is left of the caller's limits, in the headers of answers.

RateLimit-Policy and RateLimit are those of draft-ietf-httpapi-ratelimit-headers; under /v1 also the names that clients
of OpenAI read.
"""

from collections.abc import Sequence
from functools import lru_cache

from domain.limits import Bound, Measure, Period, Standing, tightest

Header = tuple[bytes, bytes]
UNITS = {Measure.REQUESTS: "requests", Measure.TOKENS: "tokens", Measure.STREAMS: "concurrent-requests"}


def limit_headers(standings: Sequence[Standing], *, in_openais_words: bool) -> list[Header]:
    """What costs is money is left out: clients could only count it in units that are ours."""
    told = [standing for standing in standings if standing.bound.measure is not Measure.COST]
    if not told:
        return []
    left = ", ".join(
        f'"{name_of(each.bound)}";r={each.left};t={max(1, round(each.resets_after_seconds))}' for each in told
    )
    headers = [(b"ratelimit-policy", _policy(tuple(each.bound for each in told))), (b"ratelimit", left.encode())]
    if in_openais_words:
        for measure in (Measure.REQUESTS, Measure.TOKENS):
            by_minute = (e for e in told if e.bound.measure is measure and e.bound.period is Period.MINUTE)
            if nearest := tightest(by_minute):
                headers += _in_openais_words(nearest)
    return headers


def name_of(bound: Bound) -> str:
    return f"{bound.scope}-{bound.name}".replace("_", "-")


@lru_cache(maxsize=1024)
def _policy(bounds: tuple[Bound, ...]) -> bytes:
    return ", ".join(map(_policy_of, bounds)).encode()


def _policy_of(bound: Bound) -> str:
    window = f";w={bound.window_seconds}" if bound.window_seconds else ""
    return f'"{name_of(bound)}";q={bound.most};qu="{UNITS[bound.measure]}"{window}'


def _in_openais_words(standing: Standing) -> list[Header]:
    what = standing.bound.measure.encode()
    return [
        (b"x-ratelimit-limit-" + what, b"%d" % standing.bound.most),
        (b"x-ratelimit-remaining-" + what, b"%d" % standing.left),
        (b"x-ratelimit-reset-" + what, b"%ds" % max(1, round(standing.resets_after_seconds))),
    ]
