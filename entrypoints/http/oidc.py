"""Sign in with a provider of OpenID Connect: a page goes there, and comes back with a session."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from domain import errors
from domain.access import owner_of
from domain.errors import Forbidden, Refusal, Unauthenticated
from entrypoints.access_services import AccessServices
from entrypoints.container import Container
from entrypoints.http.access import is_plainly_local
from entrypoints.http.access_schemas import OidcBody, OidcUrlOut
from entrypoints.http.auth import check_login_is_needed
from entrypoints.http.dependencies import Services
from entrypoints.http.documentation import problems
from entrypoints.http.session_cookie import SessionCookie, cookie_for_own_page

router = APIRouter(prefix="/auth/oidc", tags=["users and keys"])

NO_PROVIDER = "There is no single sign-on here (PARLEY_OIDC_ISSUER)"
PATH = "/auth/oidc"
LASTS_SECONDS = 600
SEED = re.compile(r"([A-Za-z0-9_-]{20,100})(?:\.([A-Za-z0-9_-]{1,200}))?")
WENT_WRONG = problems(errors.ProviderUnavailable, errors.ProviderTimedOut, errors.ProviderAnswerInvalid, errors.TooBusy)
BACK: dict[int | str, dict[str, Any]] = {303: {"description": "The browser is sent on"}}
Word = Annotated[str, Query(max_length=4_000)]


def _secure(services: Container) -> bool:
    return (services.settings().public_url or "").startswith("https:")


def _seed_cookie(services: Container) -> tuple[str, str]:
    """The name and the path of the cookie that ties a sign-in to the browser that began it."""
    return ("__Host-parley_sign_in", "/") if _secure(services) else ("parley_sign_in", PATH)


async def _begin(services: Container, response: Response, invitation: str | None) -> str:
    """Where to go to; the browser keeps what it is to come back with, and sends it along when it is sent back."""
    begin = services.access().begin_sign_in
    if begin is None:
        raise Forbidden(NO_PROVIDER)
    address, seed = await begin()
    name, path = _seed_cookie(services)
    response.set_cookie(
        name,
        f"{seed}.{invitation}" if invitation else seed,
        max_age=LASTS_SECONDS,
        path=path,
        secure=_secure(services),
        httponly=True,
        samesite="lax",  # the provider sends the browser back from another site
    )
    return address


@router.get("/login", responses={**WENT_WRONG, **BACK}, response_class=Response, summary="Go and sign in elsewhere")
async def go(request: Request, services: Services) -> Response:
    """For a link or a button: the browser goes to the provider, and comes back to `/auth/oidc/callback`."""
    check_login_is_needed(services)
    answer = RedirectResponse("/", 303)
    try:
        answer.headers["location"] = await _begin(services, answer, None)
    except Refusal as refusal:
        return _back(request, refusal)
    return _unkept(answer)


@router.post("/login", responses=WENT_WRONG, summary="Where to go to sign in elsewhere, with an invitation")
async def prepare(body: OidcBody, request: Request, response: Response, services: Services) -> OidcUrlOut:
    """For a page of this server that has an invitation or the setup code, which does not belong into an address."""
    check_login_is_needed(services)
    cookie_for_own_page(request, services.settings().public_url)
    url = await _begin(services, response, body.invitation)
    _unkept(response)
    return OidcUrlOut(url=url)


@router.get("/callback", responses={**WENT_WRONG, **BACK}, response_class=Response, summary="Come back signed in")
async def come_back(
    request: Request, services: Services, code: Word = "", state: Word = "", error: Word = ""
) -> Response:
    """Where the provider sends the browser: it has a session from here on, and goes to `/`."""
    check_login_is_needed(services)
    try:
        answer = await _finish(request, services, services.access(), code, state, error)
    except Refusal as refusal:
        answer = _back(request, refusal, denied=error == "access_denied")
    name, path = _seed_cookie(services)
    answer.delete_cookie(name, path=path, secure=_secure(services), httponly=True, samesite="lax")
    return _unkept(answer)


async def _finish(
    request: Request, services: Container, access: AccessServices, code: str, state: str, error: str
) -> Response:
    if access.finish_sign_in is None:
        raise Forbidden(NO_PROVIDER)
    if error or not code:
        raise Unauthenticated("The provider did not let you in, or you did not want it to")
    kept = SEED.fullmatch(request.cookies.get(_seed_cookie(services)[0], ""))
    pair = await access.finish_sign_in(
        code=code,
        state=state,
        seed=kept[1] if kept else None,
        invitation=kept[2] if kept else None,
        is_local=is_plainly_local(request.scope),
    )
    request.scope["audit_owner"] = owner_of(pair.user_id)
    answer = RedirectResponse("/", 303)
    SessionCookie(secure=_secure(services)).set(answer, pair)
    return answer


def _back(request: Request, refusal: Refusal, *, denied: bool = False) -> Response:
    """A browser goes to the page, which says what went wrong; a program is told itself. Raise the refusal."""
    if "text/html" not in request.headers.get("accept", ""):
        raise refusal
    code = "access_denied" if denied else refusal.code
    return RedirectResponse(f"/?{urlencode({'login_error': code})}", 303)


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
