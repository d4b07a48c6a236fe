"""The front door: JSON to a program, a page to a browser."""

import hashlib
from base64 import b64encode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from entrypoints.version import VERSION

router = APIRouter(tags=["health"])

STYLE = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1rem}code{font-size:.9em}"
PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley</title>
<style>{STYLE}</style>
<h1>Parley is running</h1>
<p>This server speaks HTTP. Every route, with examples to try, is at <a href="/docs">/docs</a>.</p>
<p>From a terminal: <code>curl -N localhost:8000/chat/stream --json '{{"message": "Hello"}}'</code></p>
</html>
"""
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CSP = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
WELCOME = {"ok": True, "service": "parley", "version": VERSION}


@router.get(
    "/",
    responses={200: {"content": {"application/json": {"example": WELCOME}, "text/html": {}}}},
    response_class=Response,
    summary="What is this",
)
async def home(request: Request) -> Response:
    """`{"ok": true, "service": "parley", "version"}` to an API client; a page to a browser."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": CSP, "Vary": "Accept"})
    return JSONResponse(WELCOME, headers={"Vary": "Accept"})
