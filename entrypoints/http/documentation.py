"""What /docs says of errors: each route names the refusals it can answer with."""

from typing import Any

from fastapi import FastAPI

from domain.access import Need
from domain.errors import Forbidden, InvalidInput, Refusal, StorageUnavailable, Unauthenticated
from entrypoints.http.problems import STATUS
from entrypoints.http.route_table import NEEDS
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


SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "login": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/auth/login", "scopes": {}}}},
    "key": {"type": "http", "scheme": "bearer", "description": "an API key, or PARLEY_API_KEY"},
    "key header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}


class Documented(FastAPI):
    """FastAPI would describe errors as of the media type that a route's answers have.

    With `wants_login`, /docs has an Authorize button: every route but those open to all takes any of the credentials.
    """

    def __init__(self, *, wants_login: bool = False, **settings: Any) -> None:
        super().__init__(**settings)
        self.wants_login = wants_login

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()  # made once
        document["components"]["schemas"].setdefault("ProblemDetails", ProblemDetails.model_json_schema())
        if self.wants_login and "security" not in document:
            document["components"]["securitySchemes"] = SECURITY_SCHEMES
            document["security"] = [{name: []} for name in SECURITY_SCHEMES]
            for route in NEEDS[Need.NOTHING]:
                method, path = route.split()
                if operation := document["paths"].get(path, {}).get(method.lower()):
                    operation["security"] = []
        return document
