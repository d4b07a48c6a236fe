"""Register, log in, stay logged in, log out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from application.access.refresh_login import TokenReused
from domain import errors
from domain.access import owner_of
from domain.errors import Forbidden
from entrypoints.http.access import is_plainly_local
from entrypoints.http.access_schemas import RefreshBody, RegisterBody, TokensOut, UserOut
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems

router = APIRouter(prefix="/auth", tags=["users and keys"])

NOBODY_LOGS_IN = "There is no login here: the server was started with PARLEY_AUTH=local"
Field200 = Annotated[str, Form(max_length=200)]


def check_login_is_needed(services: Services) -> None:
    """A token that nobody looks at would only seem to protect. Raise Forbidden."""
    if services.settings().auth == "local":
        raise Forbidden(NOBODY_LOGS_IN)


@router.post(
    "/register", status_code=201, responses=problems(errors.NameTaken, errors.TooManyAttempts), summary="Register"
)
async def register(body: RegisterBody, request: Request, services: Services) -> UserOut:
    """The first user may always, from the server's own machine, and is an admin; who else may, PARLEY_REGISTRATION
    says. A password has at least 10 characters."""
    check_login_is_needed(services)
    user = await services.access().register(
        body.username,
        body.password.get_secret_value(),
        invitation=body.invitation,
        address=request.scope["address"],
        is_local=is_plainly_local(request.scope),
    )
    request.scope["audit_owner"] = user.owner
    return UserOut.of(user)


@router.post("/login", responses=problems(errors.TooManyAttempts, errors.TooBusy), summary="Log in")
async def log_in(
    request: Request,
    response: Response,
    services: Services,
    username: Annotated[str, Form(min_length=1, max_length=200)],
    password: Annotated[str, Form(min_length=1, max_length=1000, json_schema_extra={"format": "password"})],
    grant_type: Annotated[Literal["password"], Form()] = "password",
    scope: Field200 = "",
    client_id: Field200 = "",
    client_secret: Field200 = "",
) -> TokensOut:
    """OAuth2's password form: only `username` and `password` are looked at."""
    check_login_is_needed(services)
    pair = await services.access().log_in(username, password, address=request.scope["address"])
    request.scope["audit_owner"] = owner_of(pair.user_id)
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(pair)


@router.post("/refresh", responses=problems(), summary="Get the next pair of tokens")
async def refresh(body: RefreshBody, request: Request, response: Response, services: Services) -> TokensOut:
    """A refresh token is good once. One that comes twice is in two hands, so the whole login ends."""
    check_login_is_needed(services)
    try:
        pair = await services.access().refresh(body.refresh_token)
    except TokenReused as reused:
        request.scope["audit_owner"] = owner_of(reused.user_id)
        raise
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(pair)


@router.post("/logout", status_code=204, responses=problems(), summary="Log out")
async def log_out(services: Services, caller: Caller) -> None:
    """The login of the access token ends, with both its tokens."""
    await services.access().log_out(caller)
