"""One table from refusals to status codes, and their form: RFC 9457 problem details, or OpenAI's under /v1."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from domain import errors
from domain.errors import Refusal
from domain.run import Problem, Run
from entrypoints.openai.errors import error_response, speaks_openai

STATUS: dict[type[Refusal], int] = {
    errors.ApprovalNotFound: 404,
    errors.ConversationNotFound: 404,
    errors.DocumentNotFound: 404,
    errors.FileBatchNotFound: 404,
    errors.InvitationNotFound: 404,
    errors.KeyNotFound: 404,
    errors.MessageNotFound: 404,
    errors.ModelNotFound: 404,
    errors.RunNotFound: 404,
    errors.SessionNotFound: 404,
    errors.UserNotFound: 404,
    errors.VectorStoreNotFound: 404,
    errors.WorkflowNotFound: 404,
    errors.InvalidInput: 422,
    errors.CursorAhead: 422,
    errors.DocumentTooLarge: 413,
    errors.DocumentUnreadable: 400,
    errors.KeyReused: 422,
    errors.TargetLanguageMissing: 400,
    errors.UnsupportedDocument: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NameTaken: 409,
    errors.TooManyAttempts: 429,
    errors.LimitReached: 429,
    errors.PriceUnknown: 422,
    errors.ReplyInProgress: 409,
    errors.ApprovalClosed: 409,
    errors.BlobLost: 410,
    errors.DocumentConflict: 409,
    errors.KeyInUse: 409,
    errors.RunLost: 503,
    errors.TooBusy: 503,
    errors.ServerStopping: 503,
    errors.WorkflowInvalid: 503,
    errors.StorageUnavailable: 503,
    errors.StorageFull: 507,
    errors.ProviderCredentialsRefused: 502,
    errors.ProviderRejectedRequest: 400,
    errors.ProviderOverloaded: 429,
    errors.ProviderUnavailable: 502,
    errors.ProviderTimedOut: 504,
    errors.ProviderAnswerInvalid: 502,
    errors.AnswerDoesNotFit: 502,
}
STATUS_OF_CODE = {kind.code: status for kind, status in STATUS.items()} | {
    "stream_cut": 502,
    "answer_too_long": 502,
    "step_limit": 422,
    "token_limit": 422,
    "too_many_attempts": 503,
    "server_stopped": 503,
    "internal_error": 500,
}
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content too large",
    421: "Misdirected request",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Internal error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Gateway timeout",
    507: "Insufficient storage",
}


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NO_TEXT = {"type": "json_invalid", "loc": ("body",), "msg": "is not JSON in UTF-8, or is nested too deeply"}


class ClientLeft(Exception):
    """Nobody is there to read the answer."""


class RunFailed(Exception):
    """A run ended with a problem before its reader was sent a byte."""

    def __init__(self, run: Run | None, problem: Problem) -> None:
        super().__init__(problem.message)
        self.run = run
        self.problem = problem


def problem_body(status: int, code: str, detail: object, request_id: str, **more: object) -> dict[str, Any]:
    """The members of a problem; `more` are its extensions."""
    return {
        "type": f"urn:parley:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **more,
    }


def status_of(refusal: Refusal) -> int:
    """By its nearest kind in the table: an adapter may raise a narrower one of its own."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def refusal_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The problem that a refusal is; on 422 `detail` is the list that FastAPI's clients read."""
    status = status_of(refusal)
    detail: object = str(refusal)
    if status == 422 and isinstance(refusal, errors.InvalidInput):
        detail = [{"type": refusal.code, "loc": ["body", refusal.field], "msg": str(refusal)}]
    return problem_body(status, refusal.code, detail, request_id, **_more_of(refusal))


def _more_of(refusal: Refusal) -> dict[str, object]:
    """What a program may want to know besides."""
    if isinstance(refusal, errors.NotFound) and refusal.field:
        return {"field": refusal.field}
    if isinstance(refusal, errors.LimitReached):
        return {"limit": refusal.limit, "scope": refusal.scope, "retry_after_seconds": refusal.retry_after_seconds}
    if isinstance(refusal, errors.ReplyInProgress):
        return {"run_id": refusal.run_id}
    if isinstance(refusal, errors.ProviderRejectedRequest) and refusal.vendor_code:
        return {"vendor_code": refusal.vendor_code, "vendor_param": refusal.vendor_param}
    return {}


def run_problem_body(run: Run | None, problem: Problem, request_id: str) -> dict[str, Any]:
    """The problem that a run ended with, be it stored or not."""
    status = STATUS_OF_CODE.get(problem.code, 500)
    ids = {"run_id": run.id, "conversation_id": run.conversation_id} if run else {}
    return problem_body(status, problem.code, problem.message, request_id, **ids)


def problem_response(scope: Scope, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The answer that says so: a problem, or under /v1 an error in OpenAI's words."""
    if speaks_openai(scope):
        return error_response(body, headers or {})
    return Response(
        msgspec.json.encode(body), body["status"], headers=dict(headers or {}), media_type="application/problem+json"
    )


def retry_headers(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(max(1, round(seconds)))}


def request_id_of(request: Any) -> str:
    """The id that this request's answer carries as X-Request-Id."""
    return str(request.scope.get("request_id", ""))


def _place(fault: Mapping[str, Any], body: object) -> list[str | int]:
    """Where in the request: without the names that only tell apart what a place may hold."""
    at, *steps = fault["loc"]
    if at != "body" or not isinstance(body, (dict, list)):
        return [at, *steps]
    place: list[str | int] = [at]
    for step in steps:
        if (isinstance(body, dict) and step in body) or (isinstance(body, list) and isinstance(step, int)):
            body = body[step]
            place.append(step)
    return [*place, steps[-1]] if fault["type"] == "missing" else place


def _allowed(request: Request) -> str:
    """The methods that are answered here: where they are several routes, Starlette names only the first's."""

    def answered(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(answered, METHODS))


def add_problem_handlers(app: FastAPI) -> None:
    """Every error becomes a problem, told in the words of its route."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        headers = retry_headers(error.retry_after_seconds)
        if isinstance(error, errors.Unauthenticated):
            headers["WWW-Authenticate"] = "Bearer"
        return problem_response(request.scope, refusal_body(error, request_id_of(request)), headers)

    @app.exception_handler(ClientLeft)
    async def left(request: Request, error: ClientLeft) -> Response:
        return Response(status_code=499)  # goes nowhere, but a reader who leaves is no error to log

    @app.exception_handler(RunFailed)
    async def run_failed(request: Request, error: RunFailed) -> Response:
        return problem_response(request.scope, run_problem_body(error.run, error.problem, request_id_of(request)))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # what was sent is not echoed: it may be long, or a password
        faults = error.errors()[:20]
        detail = [{"type": e["type"], "loc": _place(e, error.body), "msg": e["msg"]} for e in faults]
        return problem_response(request.scope, problem_body(422, "invalid_input", detail, request_id_of(request)))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # what FastAPI says of bytes that it cannot even try to read
            return await invalid(request, RequestValidationError([NO_TEXT]))
        code = TITLES.get(error.status_code, "error").lower().replace(" ", "_")
        body = problem_body(error.status_code, code, str(error.detail), request_id_of(request))
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return problem_response(request.scope, body, headers)

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        detail = "Something went wrong here; the log has the reason under this request id"
        id = request_id_of(request)
        headers = {"X-Request-Id": id, "X-Content-Type-Options": "nosniff"}  # no middleware of ours sees this answer
        return problem_response(request.scope, problem_body(500, "internal_error", detail, id), headers)
