"""Sign in, stay signed in and sign out, for pages of this server: docs/access.md says how they are used."""

from fastapi import APIRouter, Request, Response

from application.access.refresh_login import TokenReused
from domain import errors
from domain.access import owner_of
from domain.errors import Unauthenticated
from entrypoints.http.access_schemas import AccessTokenOut, MethodsOut, OidcOut, SessionBody
from entrypoints.http.auth import check_login_is_needed
from entrypoints.http.dependencies import Services
from entrypoints.http.documentation import problems
from entrypoints.http.session_cookie import cookie_for_own_page

router = APIRouter(prefix="/auth", tags=["users and keys"])

AGAIN_SECONDS = 60.0


@router.get("/methods", responses=problems(), summary="What there is to sign in with")
async def methods(services: Services) -> MethodsOut:
    """For a page that has to know what to show; `setup` says that there is no user yet."""
    settings = services.settings()
    login = settings.auth == "required"
    return MethodsOut(
        login=login,
        setup=login and not await services.access().has_users(),
        registration=settings.registration,
        oidc=OidcOut(label=settings.oidc_label) if login and settings.oidc_issuer else None,
    )


@router.post("/session", responses=problems(errors.TooManyAttempts, errors.TooBusy), summary="Sign in, from a page")
async def sign_in(body: SessionBody, request: Request, response: Response, services: Services) -> AccessTokenOut:
    """An access token to keep in a variable, and a session in a cookie that no script can read."""
    check_login_is_needed(services)
    cookie = cookie_for_own_page(request, services.settings().public_url)
    password = body.password.get_secret_value()
    pair = await services.access().log_in(body.username, password, address=request.scope["address"])
    request.scope["audit_owner"] = owner_of(pair.user_id)
    cookie.set(response, pair)
    response.headers["Cache-Control"] = "no-store"
    return AccessTokenOut.of(pair)


@router.post("/session/refresh", responses=problems(), summary="The next access token, by the cookie")
async def refresh(request: Request, response: Response, services: Services) -> AccessTokenOut:
    """For a page that was loaded anew, or whose access token expires; 401 where nobody is signed in."""
    check_login_is_needed(services)
    cookie = cookie_for_own_page(request, services.settings().public_url)
    token = cookie.read(request)
    if not token:
        raise Unauthenticated("Nobody is signed in here")
    try:
        pair = await services.access().refresh(token, again_within_seconds=AGAIN_SECONDS)
    except TokenReused as reused:
        request.scope["audit_owner"] = owner_of(reused.user_id)
        raise
    cookie.set(response, pair)
    response.headers["Cache-Control"] = "no-store"
    return AccessTokenOut.of(pair)


@router.delete("/session", status_code=204, responses=problems(), summary="Sign out")
async def sign_out(request: Request, response: Response, services: Services) -> None:
    """The login ends with all its tokens, and the cookie goes. Also where nobody is signed in."""
    check_login_is_needed(services)
    cookie = cookie_for_own_page(request, services.settings().public_url)
    user_id = await services.access().end_session(cookie.read(request) or "")
    if user_id is not None:
        request.scope["audit_owner"] = owner_of(user_id)
    cookie.clear(response)
