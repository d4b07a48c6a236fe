"""What is in force, in words an operator can check. Never a password, a key or a full address."""

from urllib.parse import urlsplit

from domain.errors import Refusal
from domain.tool import ApprovalRule
from entrypoints.container import Container, close
from entrypoints.provider_set import ProviderSet
from entrypoints.settings import Settings, misspelt
from entrypoints.version import VERSION

MCP_SECONDS = 30.0


def summary(container: Container, address: str) -> str:
    """What `serve` prints when it listens."""
    settings = container.settings()
    return f"""\
Parley {VERSION} is at {address}
  chat      {address}/
  API       {address}/docs
  model     {model(settings)}
  database  {container.database().describe()}
  auth      {auth(settings)}"""


async def setup_hint(container: Container) -> str | None:
    """How the first user gets in, where there is none yet. The code is good for nothing once there is."""
    access = container.access()
    if container.settings().auth == "local" or await access.has_users():
        return None
    return f"""\
  setup     nobody is registered yet. The first user, who becomes the admin, needs this code as the invitation:
            {access.setup_code}"""


def model(settings: Settings) -> str:
    name = settings.default_model
    provider = name.partition(":")[0]
    if provider == "demo":
        return f"{name} (a built-in demo; set OPENAI_API_KEY, OPENAI_BASE_URL or ANTHROPIC_API_KEY for a real one)"
    base_url = settings.base_url_of(provider)
    return f"{name} at {urlsplit(base_url).hostname if base_url else 'the address that the catalogue has'}"


def provider_lines(container: Container) -> list[str]:
    """Who can be asked, for which models, and who comes after."""
    there, settings = container.provider_set(), container.settings()
    rules = f"a pause of {settings.breaker_seconds:g} s and more after {settings.breaker_faults} faults in a row"
    return [
        *(f"provider    {name}: {_models_of(there, name)}" for name in there.models),
        *(f"provider    {name}: not there, {variable} is not set" for name, variable in there.missing.items()),
        f"fallbacks   {', '.join(settings.fallback_models) or 'none'}; {rules}",
    ]


def _models_of(there: ProviderSet, provider: str) -> str:
    names = [name.partition(":")[2] for name in there.models[provider].models()]
    return f"{', '.join(names)} and any other name that it takes" if names else "any name that it takes"


def auth(settings: Settings) -> str:
    if settings.auth == "local":
        return "local: this machine only, no login"
    secret = "PARLEY_SECRET_KEY" if settings.secret_key else settings.secret_file or "one that goes with this process"
    return f"required: a login or a key; registration {settings.registration}; access tokens signed with {secret}"


def sign_on(settings: Settings) -> list[str]:
    if settings.oidc_issuer is None:
        return []
    who = settings.oidc_registration or settings.registration
    linked = "users linked by verified e-mail" if settings.oidc_link_by_email else "no users linked by e-mail"
    return [f"sign-on     {settings.oidc_issuer} as {settings.oidc_client_id}; registration {who}; {linked}"]


def retrieval(settings: Settings) -> str:
    order = f"reranked by {settings.rerank_model} within {settings.rerank_seconds:g} s"
    return f"words and vectors, {order if settings.rerank_model else 'not reranked'}; a question has " + (
        f"{settings.search_seconds:g} s for its vector and {settings.rewrite_seconds:g} s to be rewritten; "
        f"small documents go whole up to {settings.rag_whole_tokens:,} tokens"
    )


def limits(settings: Settings) -> str:
    """What each key, each user and all together may use."""
    scopes = {"key": settings.limits_of_key, "user": settings.limits_of_user, "all": settings.limits_of_all}
    told = [
        f"{scope}: {', '.join(f'{name}={value:,}' for name, value in given.items())}"
        for scope, each in scopes.items()
        if (given := each.given())
    ]
    return "; ".join(told) or "none"


async def report(container: Container) -> tuple[str, bool]:
    """Every setting that matters, whether the database answers, and misspelt variables; and whether all is well."""
    settings = container.settings()
    database, providers = "answers", provider_lines(container)
    try:
        tools, all_there = await tool_lines(container)
        await container.database().ping()
    except Refusal as refusal:
        database = f"DOES NOT ANSWER: {refusal}"
    finally:
        described = container.database().describe()
        await close(container)
    wrong = misspelt()
    lines = [
        f"version     {VERSION}",
        f"bind        {settings.host}:{settings.port}",
        f"limits      {limits(settings)}",
        f"auth        {auth(settings)}",
        *sign_on(settings),
        f"database    {described}; {database}",
        f"model       {model(settings)}",
        f"embeddings  {settings.default_embedding_model}",
        f"retrieval   {retrieval(settings)}",
        *document_lines(container),
        *tools,
        *providers,
        f"patience    connect {settings.connect_seconds:g} s, first byte {settings.first_byte_seconds:g} s, "
        f"idle {settings.idle_seconds:g} s, total {settings.total_seconds:g} s",
        f"context     {settings.history_messages} messages, {settings.history_tokens:,} tokens",
        f"limits      {settings.max_runs:,} runs at once, bodies of {settings.max_body_bytes:,} bytes",
        *(f"warning     {sentence}" for sentence in wrong),
    ]
    return "\n".join(lines), database == "answers" and all_there and not wrong


def document_lines(container: Container) -> list[str]:
    """Where documents are kept, what one may cost, and how it is cut."""
    settings = container.settings()
    return [
        f"documents   {container.blobs().description}; at most {settings.document_bytes:,} bytes, "
        f"{settings.document_pages:,} pages, {settings.document_seconds:g} s and "
        f"{settings.document_memory_bytes:,} bytes of memory, {settings.document_readers} at once",
        f"chunks      {settings.chunking}, {settings.chunk_size} characters, {settings.chunk_overlap} shared; "
        f"{settings.embedding_calls} calls of the embedder at once; "
        f"{settings.vector_cache_bytes:,} bytes for vectors outside pgvector",
    ]


async def tool_lines(container: Container) -> tuple[list[str], bool]:
    """The tools by when a person is asked, what is amiss (servers away, rules for no tool), and if nothing is."""
    servers = container.mcp_tools()
    away = await servers.connect(MCP_SECONDS) if servers else {}
    tools = await container.toolbox().tools()
    by_rule = {rule: [tool.name for tool in tools if tool.approval is rule] for rule in ApprovalRule}
    strays = sorted(set(container.settings().tool_approvals) - {tool.name for tool in tools})
    lines = [
        *(f"tools       {', '.join(names)} (approval: {rule})" for rule, names in by_rule.items() if names),
        *(f"warning     the MCP server {name} {reason}" for name, reason in away.items()),
        *(f"warning     PARLEY_TOOL_APPROVALS names {name}, which is no tool now" for name in strays),
    ]
    return lines if tools else ["tools       none", *lines], not away and not strays
