"""The application: routes and what every request passes, over one container."""

from fastapi import FastAPI

from entrypoints.ai_sdk import chat as ai_sdk_chat
from entrypoints.container import Container
from entrypoints.http import (
    agent,
    approvals,
    branches,
    chat,
    chat_events,
    chat_socket,
    completions,
    conversations,
    health,
    home,
    runs,
    workflows,
)
from entrypoints.http.access import api_key, local_only
from entrypoints.http.documentation import Documented
from entrypoints.http.middleware import Access, BodyLimit, RequestId
from entrypoints.http.problems import add_problem_handlers
from entrypoints.lifespan import lifespan
from entrypoints.openai import chat as openai_chat
from entrypoints.openai import (
    compaction,
    embeddings,
    models,
    response_socket,
    responses,
)
from entrypoints.openai import (
    conversations as openai_conversations,
)
from entrypoints.settings import Settings
from entrypoints.version import VERSION

DESCRIPTION = """\
A reply is a run. The server owns the run; a connection is only a cursor over its event log.
Leave a stored turn whenever you like: it goes on, and `/runs/{id}/events?after=seq` brings you back.
"""
ROUTES = (openai_chat, chat, home, chat_events, chat_socket, conversations, branches, runs, completions, agent,
          approvals, workflows, health, ai_sdk_chat,
          responses, compaction, response_socket, openai_conversations, embeddings, models)  # fmt: skip
"""A request is held against each in turn: the busiest come first."""
OPEN_PATHS = frozenset({"/health/live", "/health/ready"})


def create_app(container: Container | None = None) -> FastAPI:
    """The application over `container`, or over one made from the environment (for `uvicorn --factory`)."""
    container = container or Container(settings=Settings())
    settings = container.settings()
    app = Documented(
        title="Parley",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        license_info={"name": "MIT"},
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing reads it, and every request pays
    )
    app.state.container = container
    for module in ROUTES:
        app.include_router(module.router)
    add_problem_handlers(app)
    key = settings.api_key.get_secret_value() if settings.auth == "required" and settings.api_key else None
    authenticate = api_key(key) if key else local_only(settings.allowed_hosts)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(Access, authenticate=authenticate, open_paths=OPEN_PATHS)
    app.add_middleware(RequestId)
    return app
