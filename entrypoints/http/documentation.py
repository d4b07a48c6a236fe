"""What /docs says of errors: each route names the refusals it can answer with."""

from typing import Any

from fastapi import FastAPI

from domain.errors import Forbidden, InvalidInput, Refusal, StorageUnavailable, Unauthenticated
from entrypoints.http.problems import STATUS
from entrypoints.http.schemas import ProblemDetails

ALWAYS = (InvalidInput, Unauthenticated, Forbidden, StorageUnavailable)
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"description": "`content_too_large`: The body has too many bytes", "content": PROBLEM}
}


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse in these ways, besides what any route may say."""
    return {**only(*refusals, *ALWAYS), **TOO_LARGE}


def only(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that refuses in these ways alone."""
    said: dict[int, list[str]] = {}
    for refusal in refusals:
        sentence = (refusal.__doc__ or refusal.code.replace("_", " ").capitalize()).strip()
        said.setdefault(STATUS[refusal], []).append(f"`{refusal.code}`: {sentence}")
    return {status: {"description": "; ".join(each), "content": PROBLEM} for status, each in said.items()}


class Documented(FastAPI):
    """FastAPI would describe errors as of the media type that a route's answers have."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()  # made once
        document["components"]["schemas"].setdefault("ProblemDetails", ProblemDetails.model_json_schema())
        return document
