"""What /docs says of errors: each route names the refusals it can answer with."""

from typing import Any

from domain.errors import InvalidInput, Refusal, StorageUnavailable
from entrypoints.http.problems import STATUS
from entrypoints.http.schemas import ProblemDetails


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse in these ways, besides bad input and a database that is away."""
    out: dict[int | str, dict[str, Any]] = {}
    always: tuple[type[Refusal], ...] = (InvalidInput, StorageUnavailable)
    for refusal in (*refusals, *always):
        entry = out.setdefault(STATUS[refusal], {"model": ProblemDetails, "description": ""})
        sentence = (refusal.__doc__ or refusal.code.replace("_", " ").capitalize()).strip()
        entry["description"] = "; ".join(filter(None, [entry["description"], f"`{refusal.code}`: {sentence}"]))
        entry["content"] = {"application/problem+json": {}}
    return out
