"""The application: routes and what every request passes, over one container."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from entrypoints.ai_sdk import chat as ai_sdk_chat
from entrypoints.container import Container
from entrypoints.http import (
    account,
    admin,
    agent,
    api_keys,
    approvals,
    archive,
    auth,
    branches,
    chat,
    chat_events,
    chat_socket,
    completions,
    conversations,
    documents,
    health,
    limits,
    models,
    oidc,
    pages,
    rag,
    runs,
    search,
    session,
    usage,
    workflows,
)
from entrypoints.http.access import CredentialGate, Gate, LocalGate
from entrypoints.http.documentation import Documented
from entrypoints.http.gate import Access
from entrypoints.http.middleware import BodyLimit, RequestId
from entrypoints.http.open_connections import OpenConnections
from entrypoints.http.problems import METHODS, add_problem_handlers
from entrypoints.http.route_table import RouteTable
from entrypoints.lifespan import lifespan
from entrypoints.openai import chat as openai_chat
from entrypoints.openai import (
    compaction,
    embeddings,
    files,
    response_socket,
    responses,
    vector_store_files,
    vector_stores,
)
from entrypoints.openai import (
    conversations as openai_conversations,
)
from entrypoints.openai import (
    models as openai_models,
)
from entrypoints.settings import Settings
from entrypoints.version import VERSION

DESCRIPTION = """\
A reply is a run. The server owns the run; a connection is only a cursor over its event log.
Leave a stored turn whenever you like: it goes on, and `/runs/{id}/events?after=seq` brings you back.
"""
ROUTES = (openai_chat, chat, pages, chat_events, chat_socket, conversations, branches, runs, completions, agent,
          approvals, workflows, health, ai_sdk_chat,
          responses, compaction, response_socket, openai_conversations, embeddings, openai_models, models,
          documents, files, vector_stores, vector_store_files, search, rag, archive, auth, session, oidc, account,
          api_keys, limits, usage, admin)  # fmt: skip
"""A request is held against each in turn: the busiest come first."""
FORM_BYTES = 64 * 1024
"""What a form may have around its file."""
EXPOSED = ["X-Request-Id", "Link", "Retry-After", "WWW-Authenticate", "RateLimit", "RateLimit-Policy"]


def create_app(container: Container | None = None) -> FastAPI:
    """The application over `container`, or over one made from the environment (for `uvicorn --factory`)."""
    container = container or Container(settings=Settings())
    settings = container.settings()
    app = Documented(
        title="Parley",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/openapi.json" if settings.docs else None,
        wants_login=settings.auth == "required",
        license_info={"name": "MIT"},
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing reads it, and every request pays
    )
    app.state.container = container
    for module in ROUTES:
        app.include_router(module.router)
    add_problem_handlers(app)
    form_bytes = settings.document_bytes + FORM_BYTES
    uploads = dict.fromkeys([("POST", "/documents"), ("POST", "/v1/files"), ("POST", "/archive")], form_bytes)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, uploads=uploads)
    add_access(app, container)
    if settings.cors_origins:
        # without credentials: the cookie of a session is for pages of this server's own, others send a token
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=METHODS,
            allow_headers=["*"],
            expose_headers=EXPOSED,
            max_age=600,
        )
    app.add_middleware(RequestId)
    return app


def add_access(app: FastAPI, container: Container) -> None:
    """Everybody has to show who they are, or to ask from this machine, as PARLEY_AUTH says. Raise CannotStart."""
    settings, access, limits = container.settings(), container.access(), container.limits()
    access.credentials.when_forgotten(limits.gate.book.forget)
    connections = OpenConnections(access.authenticate.still)
    access.credentials.when_forgotten(connections.look_now)
    gate: Gate = LocalGate(settings.allowed_hosts, settings.cors_origins)
    if settings.auth == "required":
        gate = CredentialGate(access.authenticate, settings.cors_origins)
    app.add_middleware(
        Access,
        gate=gate,
        table=RouteTable(),
        connections=connections,
        record=access.record_audit,
        trusted_proxies=settings.trusted_proxies,
        limits=limits.gate if limits.are_on else None,
    )
