"""A provider of OpenID Connect on a socket of its own, with real keys, that does as it should unless told else."""

import hashlib
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "parley at work", "s3cret+of/the=client:x"
_RSA = rsa.generate_private_key(65537, 2048)
"""Made once: it takes a while."""


@dataclass
class SigningKey:
    private: Any
    algorithm: str
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    def public(self) -> dict[str, Any]:
        kind = jwt.get_algorithm_by_name(self.algorithm)
        made = kind.to_jwk(self.private.public_key(), as_dict=True)  # type: ignore[attr-defined]
        return {**made, "kid": self.id, "alg": self.algorithm, "use": "sig"}


def rsa_key() -> SigningKey:
    return SigningKey(_RSA, "RS256")


def ec_key() -> SigningKey:
    return SigningKey(ec.generate_private_key(ec.SECP256R1()), "ES256")


@dataclass
class OidcServer:
    """`person` are the claims about who signs in; `changed` are claims that are put over what is right, None: left out.

    `sign` makes a token of claims in another way than with the key; `statuses` are answers by path instead of its own.
    """

    issuer: str = ""
    key: SigningKey = field(default_factory=rsa_key)
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001", "preferred_username": "Ann"})
    changed: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    statuses: dict[str, Response] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)
    """Put over its discovery document."""
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    takes_codes_again: bool = False

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if path in self.statuses:
            return self.statuses[path]
        match path:
            case "/.well-known/openid-configuration":
                return JSONResponse(self._discovery())
            case "/keys":
                return JSONResponse({"keys": [self.key.public()]})
            case "/authorize":
                return self._authorized(dict(request.query_params))
        return await self._token(request)

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.hints

    def _authorized(self, query: dict[str, str]) -> Response:
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.forms.append(form)
        begun = self.codes.get(form["code"]) if self.takes_codes_again else self.codes.pop(form["code"], None)
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or begun["code_challenge"] != challenge or begun["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {"nonce": begun["nonce"], "iss": self.issuer, "aud": CLIENT_ID, **self._times(), **self.person}
        claims = {name: value for name, value in (claims | self.changed).items() if value is not None}
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self._signed(claims)})

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        given = b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        return [unquote_plus(half) for half in given.split(":")] == [CLIENT_ID, CLIENT_SECRET]

    def _times(self) -> dict[str, int]:
        return {"iat": int(time.time()), "exp": int(time.time()) + 300}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.sign:
            return self.sign(claims)
        return jwt.encode(claims, self.key.private, self.key.algorithm, headers={"kid": self.key.id})


@asynccontextmanager
async def oidc_server() -> AsyncIterator[OidcServer]:
    provider = OidcServer()
    app = Starlette(routes=[Route("/{path:path}", provider.answer, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, lifespan="off", log_level="warning")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield provider
    finally:
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
