"""The cookie of a page's session, and whose pages may use it.

It is good at the routes that give and end sessions and nowhere else: nothing but them looks at a cookie.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from application.access.login_tokens import TokenPair
from domain.errors import Forbidden

PATH = "/auth/session"
PLAIN_NAME = "parley_session"


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """On https the prefix __Host- keeps other hosts of the same domain from setting it (RFC 6265bis, 4.1.3.2); on plain
    http, which is one's own machine, its path keeps it from what listens on other ports, because cookies know none.
    """

    secure: bool

    @property
    def name(self) -> str:
        return f"__Host-{PLAIN_NAME}" if self.secure else PLAIN_NAME

    @property
    def path(self) -> str:
        return "/" if self.secure else PATH

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self.name)

    def set(self, response: Response, pair: TokenPair) -> None:
        self._write(response, pair.refresh_token, pair.login_seconds)

    def clear(self, response: Response) -> None:
        self._write(response, "", 0)

    def _write(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self.name, value, max_age=seconds, path=self.path, secure=self.secure, httponly=True, samesite="strict"
        )


def cookie_for_own_page(request: Request, public_url: str | None) -> SessionCookie:
    """The cookie of the page that asks. Raise Forbidden unless the browser says that the page is this server's own.

    Browsers name the Origin of every request but plain GETs, and no page can change what they say (Fetch, 3.2).
    """
    origin = request.headers.get("origin", "")
    parts = urlsplit(origin) if origin.isascii() and "[" not in origin else None
    own = parts is not None and parts.scheme in ("http", "https") and parts.netloc == request.headers.get("host")
    if not own and (public_url is None or origin != public_url):
        raise Forbidden("A session is for pages of this server, by their Origin; programs use /auth/login or a key")
    return SessionCookie(secure=origin.startswith("https:"))
