"""A problem in OpenAI's words."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Scope

PREFIX = "/v1/"
STATUS = {422: 400}
CODES = {
    "unauthenticated": "invalid_api_key",
    "provider_overloaded": "rate_limit_exceeded",
    "reply_in_progress": "conversation_locked",
    "limit_reached": "rate_limit_exceeded",
}
PARAMS = {"model_not_found": "model", "model_price_unknown": "model"}
FIELDS = {"previous_run_id": "previous_response_id", "conversation_id": "conversation"}
NOT_FOUND = {
    "run_not_found": ("response_not_found", "Response not found"),
    "message_not_found": ("item_not_found", "Item not found"),
    "document_not_found": ("file_not_found", "File not found"),
}
PREVIOUS_NOT_FOUND = ("previous_response_not_found", "Previous response not found")
"""A client that hears this code begins a new chain with all that was said."""
CODES_OF_INPUT = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}


def speaks_openai(scope: Scope) -> bool:
    """Whether this request's errors are told in OpenAI's words."""
    path: str = scope["path"]
    return path.startswith(PREFIX)


def error_response(problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    body = msgspec.json.encode({"error": error_of(problem)})
    more = {"x-should-retry": "false"} if "run_id" in problem else {}  # the question is kept: again it would be another
    return Response(body, status_of(problem), headers={**headers, **more}, media_type="application/json")


def error_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    """`{"message", "type", "param", "code"}`; clients tell errors apart by the status and the code."""
    kind = "rate_limit_error" if problem["status"] == 429 else "invalid_request_error"
    if problem["status"] >= 500:
        kind = "server_error"
    detail, code = problem["detail"], problem.get("vendor_code") or CODES.get(problem["code"], problem["code"])
    if _is_of_previous(problem):
        code, detail = PREVIOUS_NOT_FOUND
    code, detail = NOT_FOUND.get(code, (code, detail))
    field: str = problem.get("field", "")
    param = problem.get("vendor_param") or FIELDS.get(field, field) or PARAMS.get(code)
    if isinstance(detail, list):
        fault = max(detail, key=lambda each: len(each["loc"]))  # what may be two things complains of the nearer too
        param, code = _param_of(fault), _code_of(fault["type"])
        said = fault["msg"].removeprefix("Value error, ")
        detail = said if param is None or said.startswith(param) else f"{param}: {said}"
    return {"message": str(detail), "type": kind, "param": param, "code": code}


def status_of(problem: Mapping[str, Any]) -> int:
    """A client tries again after a 409, which is wrong while another answer is being written."""
    if problem["code"] == "reply_in_progress" or _is_of_previous(problem):
        return 400
    if problem.get("vendor_code") == "model_not_found":
        return 404
    status: int = problem["status"]
    return STATUS.get(status, status)


def _is_of_previous(problem: Mapping[str, Any]) -> bool:
    return bool(problem["code"] == "run_not_found" and problem.get("field") == "previous_run_id")


def _param_of(fault: Mapping[str, Any]) -> str | None:
    """`messages[0].content` of a place in the body, the query or the path; None when it is the body itself."""
    place: Sequence[str | int] = fault["loc"][1:]
    if not place or fault["type"] == "json_invalid":
        return None
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _code_of(kind: str) -> str:
    return CODES_OF_INPUT.get(kind, "invalid_type" if kind.endswith("_type") else "invalid_value")
