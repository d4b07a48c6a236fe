"""The chat page: one HTML file for every address that it knows, and its assets."""

import hashlib
from base64 import b64encode

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from entrypoints.http.page_files import PageFile, page_files
from entrypoints.version import VERSION

router = APIRouter(tags=["health"])

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""Nothing inline, nothing evaluated, nothing from elsewhere."""

STYLE = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1rem}code{font-size:.9em}"
NOT_BUILT = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley</title>
<style>{STYLE}</style>
<h1>Parley is running</h1>
<p>The chat page is not built. With Node 20 or newer installed, <code>./run</code> builds it and serves it here.</p>
<p>The API is there: every route, with examples to try, is at <a href="/docs">/docs</a>.</p>
<p>From a terminal: <code>curl -N localhost:8000/chat/stream --json '{{"message": "Hello"}}'</code></p>
</html>
"""
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
NOT_BUILT_CSP = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
WELCOME = {"ok": True, "service": "parley", "version": VERSION}
FOREVER = "public, max-age=31536000, immutable"


@router.get(
    "/",
    responses={200: {"content": {"application/json": {"example": WELCOME}, "text/html": {}}}},
    response_class=Response,
    summary="What is this",
)
async def home(request: Request) -> Response:
    """`{"ok": true, "service": "parley", "version"}` to an API client; the chat page to a browser."""
    if "text/html" in request.headers.get("accept", ""):
        return _page(request)
    return JSONResponse(WELCOME, headers={"Vary": "Accept"})


@router.get("/c/{id}", include_in_schema=False)
@router.get("/library", include_in_schema=False)
@router.get("/library/{id}", include_in_schema=False)
@router.get("/flows", include_in_schema=False)
@router.get("/flows/{name}", include_in_schema=False)
@router.get("/flows/runs/{id}", include_in_schema=False)
@router.get("/settings", include_in_schema=False)
@router.get("/admin", include_in_schema=False)
@router.get("/login", include_in_schema=False)
async def page(request: Request) -> Response:
    """The page itself knows what to show at which address."""
    return _page(request)


@router.get("/assets/{name}", include_in_schema=False)
async def asset(name: str, request: Request) -> Response:
    """A file of the page. Its name has a hash of what is in it, so it may be kept for ever."""
    built = page_files()
    file = built.assets.get(name) if built else None
    if file is None:
        raise HTTPException(404, "Not Found")
    return _sent(request, file, {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"})


def _page(request: Request) -> Response:
    built = page_files()
    if built is None:
        return HTMLResponse(NOT_BUILT, headers={"Content-Security-Policy": NOT_BUILT_CSP, "Vary": "Accept"})
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
    return _sent(request, built.index, headers)


def _sent(request: Request, file: PageFile, headers: dict[str, str]) -> Response:
    encoding, body = file.best_for(request.headers.get("accept-encoding", ""))
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(body, headers=headers, media_type=file.media_type)
