"""What an operator may set. Values go inwards one by one; nothing but the entrypoints sees this class."""

import difflib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import InvalidInput
from domain.limits import NO_LIMITS, Limits, limits_of

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
OPENAI_DEFAULT = "openai:gpt-4o-mini"
ANTHROPIC_DEFAULT = "anthropic:claude-haiku-5-5"
DEMO_DEFAULT = "demo:parrot"
BUILT_IN = ("calculator", "current_time", "get_weather", "search_documents")
"""Of the built-in tools those that change nothing and reach one server at most."""


LIMITS_OF_KEY = Limits(requests_per_minute=300, streams=50)
LIMITS_OF_USER = Limits(requests_per_minute=600, streams=100)
LIMITS_OF_ALL = Limits(streams=2000)
"""The limits where people log in."""

WELL_KNOWN = re.compile(r"change.?me|secret|password|example|default|parley|12345678|abcdefgh|your.?key", re.IGNORECASE)


def is_secret(value: str) -> bool:
    """Whether it may be one: long, of many characters, and with none of the words that stand in every example."""
    return len(value) >= 32 and len(set(value)) >= 10 and not WELL_KNOWN.search(value)


class Settings(BaseSettings):
    """Each field is the variable PARLEY_<FIELD>, except those with the conventional names given beside them."""

    model_config = SettingsConfigDict(
        env_prefix="PARLEY_", env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    auth: Literal["local", "required"] = "local"
    api_key: SecretStr | None = Field(default=None, description="opens every route when PARLEY_AUTH=required")
    secret_key: SecretStr | None = Field(default=None, description="signs access tokens; the same on every replica")
    registration: Literal["open", "invited", "closed"] = Field(
        default="closed", description="who may register; the first user may always, from this machine"
    )
    access_token_seconds: float = Field(default=600, ge=10, le=3600)
    login_seconds: float = Field(default=30 * 86_400, ge=60, description="after which one has to log in again")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s?#@]+$",
        description="where browsers find this server, as https://chat.example, without a path",
    )
    oidc_issuer: str | None = Field(default=None, description="a provider of OpenID Connect that people sign in with")
    oidc_client_id: str | None = Field(default=None, description="what it knows this server as")
    oidc_client_secret: SecretStr | None = Field(default=None, description="none for a public client")
    oidc_label: str = Field(default="Single sign-on", min_length=1, max_length=60, description="what the button says")
    oidc_scopes: str = Field(default="openid profile email", pattern=r"^openid( [!#-\[\]-~]+)*$")
    oidc_registration: Literal["open", "invited", "closed"] | None = Field(
        default=None, description="who may register by signing in there; as PARLEY_REGISTRATION if not given"
    )
    oidc_link_by_email: bool = Field(
        default=False, description="whether a user whose name is an e-mail address that it verifies is that person"
    )
    oidc_seconds: float = Field(default=10, gt=0, le=60, description="which each request to it may take")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins whose pages may use this server, with commas between"
    )
    trusted_proxies: int = Field(default=0, ge=0, le=10, description="how many of our own are in front of the server")
    docs: bool = Field(default=True, description="whether /docs and /openapi.json are there")
    audit_days: float = Field(default=365, gt=0, description="how long the audit log is kept")
    allowed_hosts: tuple[str, ...] = Field(default=(), description="Host names besides loopback that may be asked for")

    database_url: str = Field(default="sqlite:///./parley.db", validation_alias="DATABASE_URL")
    database_pool: int = Field(default=10, ge=1, le=200, description="connections to Postgres")

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    anthropic_api_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    anthropic_base_url: str | None = Field(default=None, validation_alias="ANTHROPIC_BASE_URL")
    models_file: Path | None = Field(default=None, description="TOML of more providers and models, and of prices")
    prices: Path | None = Field(default=None, description="TOML of prices, in place of those of the catalogue")
    model: str = Field(default="", description="provider:model that answers when a request names none")
    fallback_models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="asked in turn when a model fails before its first words; with commas between"
    )
    breaker_faults: int = Field(default=5, ge=1, le=10_000, description="in a row, after which a provider has a pause")
    breaker_seconds: float = Field(default=30, gt=0, le=300, description="the first pause; longer ones follow")
    embedding_model: str = ""
    title_model: str = Field(default="", description="names conversations after their first answer; none: first words")
    connect_seconds: float = Field(default=5, gt=0, le=60)
    first_byte_seconds: float = Field(default=60, gt=0, le=3600)
    idle_seconds: float = Field(default=60, gt=0, le=3600)
    total_seconds: float = Field(default=900, gt=0, le=86_400)
    provider_attempts: int = Field(default=3, ge=1, le=10, description="tries of one call, all before the first token")
    demo_words_per_second: float = Field(default=30, ge=0, le=10_000, description="0 is without delay")

    system_prompt: str | None = Field(default=None, max_length=100_000)
    history_messages: int = Field(default=40, ge=1, le=1000)
    history_tokens: int = Field(default=16_000, ge=100, le=2_000_000)

    worker_lease_seconds: float = Field(default=10, ge=0.2, le=600, description="a worker silent for so long is dead")
    max_attempts: int = Field(default=3, ge=1, le=100, description="times that an interrupted run is tried in all")
    max_queued: int = Field(default=1000, ge=0, le=1_000_000, description="runs that may wait for their turn")
    event_retention_seconds: float = Field(default=86_400, ge=0, description="how long ended runs can be replayed")
    max_runs: int = Field(default=2000, ge=0, le=100_000, description="runs that one process executes at once")
    agent_steps: int = Field(default=25, ge=1, le=1000, description="calls of the model that one run may take")
    agent_tokens: int = Field(default=1_000_000, ge=1, description="tokens at which a run takes no further step")
    tools: Annotated[tuple[str, ...], NoDecode] = Field(default=BUILT_IN, description="built-in tools that are on")
    tools_file: Path | None = Field(default=None, description="a Python file whose public functions are tools")
    mcp_file: Path | None = Field(default=None, description="a JSON file that names MCP servers")
    tool_approvals: dict[str, Literal["always", "once", "never"]] = Field(default={}, description="by name of the tool")
    weather_url: str = "https://api.open-meteo.com"
    geocoding_url: str = "https://geocoding-api.open-meteo.com"
    rerank_model: str = Field(
        default="", description="provider:model that puts what a search finds in order; needs POST rerank there"
    )
    rerank_seconds: float = Field(
        default=3, gt=0, le=60, description="for putting what was found in order; it stays as found otherwise"
    )
    rag_whole_tokens: int = Field(
        default=4000, ge=0, le=1_000_000, description="small documents that one asks of by name go into a prompt whole"
    )
    rewrite_seconds: float = Field(default=10, gt=0, le=60, description="for making a follow-up question searchable")
    search_seconds: float = Field(
        default=5, gt=0, le=60, description="for the vector of a question; a search without it goes by words alone"
    )
    workflows_folder: Path | None = Field(default=None, description="TOML files of workflows beside those shipped")
    session_idle_seconds: float | None = Field(default=None, gt=0, description="after which a session is gone")
    approval_webhook: HttpUrl | None = Field(default=None, description="is told of every question to a person")
    approval_webhook_secret: SecretStr | None = Field(default=None, description="signs what the webhook is told")
    approval_seconds: float = Field(default=7 * 86_400, gt=0, description="how long a question to a person stays open")
    document_bytes: int = Field(default=50 * 1024 * 1024, ge=1024, le=1024**3, description="of one upload")
    document_pages: int = Field(default=2000, ge=1, le=1_000_000)
    document_seconds: float = Field(default=120, gt=0, le=3600, description="to read one document in")
    document_memory_bytes: int = Field(default=1024**3, ge=64 * 1024 * 1024, description="what its reader may take up")
    document_readers: int = Field(default=2, ge=1, le=64, description="documents that a process takes in at once")
    blob_store: str = Field(default="database", description="database, a folder, or s3://bucket/prefix")
    s3_endpoint: HttpUrl = Field(default=HttpUrl("https://s3.amazonaws.com"), description="of PARLEY_BLOB_STORE=s3://")
    s3_region: str = "us-east-1"
    s3_key_id: str = Field(default="", description="of the key that may read, write and delete in the bucket")
    s3_secret: SecretStr | None = None
    vector_cache_bytes: int = Field(
        default=512 * 1024 * 1024, ge=0, le=1024**4, description="memory for vectors that are not in pgvector"
    )
    embedding_folder: Path | None = Field(default=None, description="of a model that is computed here, as `local:`")
    chunking: Literal["structure", "fixed", "sentences", "code", "semantic"] = "structure"
    chunk_size: int = Field(default=800, ge=100, le=20_000, description="characters")
    chunk_overlap: int = Field(default=200, ge=0, le=10_000, description="characters, at most half the size")
    embedding_calls: int = Field(default=4, ge=1, le=64, description="calls of the embedder at once for one document")
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024, le=1024**3)
    drain_seconds: float = Field(default=20, ge=0, le=3600)
    limit_key: Annotated[Limits | None, NoDecode] = Field(
        default=None, description="of each key, as in requests_per_minute=60,tokens_per_day=100000; or none"
    )
    limit_user: Annotated[Limits | None, NoDecode] = Field(default=None, description="of each user with all their keys")
    limit_all: Annotated[Limits | None, NoDecode] = Field(default=None, description="of everybody together")
    limit_runs: int | None = Field(
        default=None, ge=1, description="runs of one user at once in one process; half of them where people log in"
    )
    limit_queued: int | None = Field(
        default=None, ge=1, description="runs of one user that wait; a tenth of all where people log in"
    )
    limit_address: int = Field(default=120, ge=0, description="requests a minute without a good credential; 0: any")
    limit_output_tokens: int = Field(
        default=8192, ge=1, description="reserved for an answer whose length nothing else bounds"
    )
    limit_currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="of limits of cost, and of prices")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("tools", "cors_origins", mode="before")
    @classmethod
    def _between_commas(cls, value: object) -> object:
        """`PARLEY_TOOLS=calculator,http_get`, or as JSON like every other list."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return tuple(name for part in value.split(",") if (name := part.strip()) and name != "none")

    @field_validator("limit_key", "limit_user", "limit_all", mode="before")
    @classmethod
    def _limits(cls, value: object) -> object:
        """`requests_per_minute=60,cost_per_day=1.50`, or `none`."""
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for part in value.split(",") if (pair := part.strip()) and pair != "none"]
        try:
            return limits_of({name.strip(): number.strip() for name, _, number in pairs})
        except InvalidInput as error:
            raise ValueError(str(error)) from error

    @field_validator("fallback_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value

    @field_validator("fallback_models")
    @classmethod
    def _name_providers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(cls._names_a_provider, value))

    @field_validator("model", "embedding_model", "title_model", "rerank_model")
    @classmethod
    def _names_a_provider(cls, value: str) -> str:
        if value and not (value.partition(":")[0] and value.partition(":")[2]):
            raise ValueError("must be provider:model, for example openai:gpt-4o-mini")
        return value

    @model_validator(mode="after")
    def _closed_to_strangers(self) -> Self:
        if self.approval_webhook is not None and self.approval_webhook_secret is None:
            raise ValueError("PARLEY_APPROVAL_WEBHOOK needs PARLEY_APPROVAL_WEBHOOK_SECRET, which signs what is sent")
        if self.api_key is not None and len(self.api_key.get_secret_value()) < 16:
            raise ValueError("PARLEY_API_KEY must have at least 16 characters")
        if self.secret_key is not None and not is_secret(self.secret_key.get_secret_value()):
            raise ValueError(
                "PARLEY_SECRET_KEY can be guessed: give 32 random characters or more, as of openssl rand -hex 32"
            )
        if self.auth == "required" and self.secret_key is None and self.database_url.startswith("postgres"):
            raise ValueError("PARLEY_AUTH=required with Postgres needs PARLEY_SECRET_KEY, the same on every replica")
        if "*" in self.cors_origins:
            raise ValueError(
                "PARLEY_CORS_ORIGINS must name each origin, as https://chat.example; * would open it to all"
            )
        if self.host not in LOOPBACK_HOSTS and self.auth == "local":
            raise ValueError(
                f"PARLEY_HOST={self.host} would open this server to others without a login: "
                "set PARLEY_AUTH=required (a code is printed that makes the first user the admin), or bind 127.0.0.1"
            )
        return self

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        if self.oidc_issuer is None and self.oidc_client_id is None:
            return self
        if self.oidc_issuer is None or self.oidc_client_id is None or self.public_url is None:
            raise ValueError(
                "OpenID Connect needs PARLEY_OIDC_ISSUER, PARLEY_OIDC_CLIENT_ID and PARLEY_PUBLIC_URL, to which "
                "/auth/oidc/callback is added for the address to register at the provider"
            )
        issuer = urlsplit(self.oidc_issuer)
        if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in LOOPBACK_HOSTS):
            raise ValueError("PARLEY_OIDC_ISSUER must begin with https://")
        if self.auth == "local":
            raise ValueError("PARLEY_OIDC_ISSUER: nobody signs in where PARLEY_AUTH=local; set it to required")
        return self

    @property
    def limits_of_key(self) -> Limits:
        return self._limits_or(self.limit_key, LIMITS_OF_KEY)

    @property
    def limits_of_user(self) -> Limits:
        return self._limits_or(self.limit_user, LIMITS_OF_USER)

    @property
    def limits_of_all(self) -> Limits:
        return self._limits_or(self.limit_all, LIMITS_OF_ALL)

    @property
    def limit_of_address(self) -> int | None:
        return self.limit_address if self.limit_address and self.auth == "required" else None

    @property
    def most_runs_of_user(self) -> int | None:
        """So that there is a place for somebody else, however many one has begun."""
        return self.limit_runs or (-(-self.max_runs // 2) if self.auth == "required" else None)

    @property
    def most_queued_of_user(self) -> int | None:
        return self.limit_queued or (-(-self.max_queued // 10) if self.auth == "required" else None)

    def _limits_or(self, given: Limits | None, default: Limits) -> Limits:
        """Who asks from this machine alone is not limited unless told so."""
        if given is not None:
            return given
        return default if self.auth == "required" else NO_LIMITS

    @property
    def api_key_digest(self) -> bytes | None:
        """SHA-256 of the operator's own key, if there is one."""
        return hashlib.sha256(self.api_key.get_secret_value().encode()).digest() if self.api_key else None

    @property
    def secret_file(self) -> Path | None:
        """Where a secret of our own making is kept: beside a SQLite database."""
        path = self.database_url.partition(":///")[2].partition("?")[0]
        return Path(f"{path}.secret") if self.database_url.startswith("sqlite") and path else None

    @property
    def has_openai(self) -> bool:
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def default_model(self) -> str:
        if self.model or self.has_openai:
            return self.model or OPENAI_DEFAULT
        return ANTHROPIC_DEFAULT if self.anthropic_api_key else DEMO_DEFAULT

    def key_in(self, variable: str | None) -> str | None:
        """The API key that the variable holds, if it holds one."""
        own = {"OPENAI_API_KEY": self.openai_api_key, "ANTHROPIC_API_KEY": self.anthropic_api_key}
        if variable is None or variable not in own:
            return os.environ.get(variable or "") or None
        key = own[variable]
        return key.get_secret_value() if key else None

    def base_url_of(self, provider: str) -> str | None:
        """Where a provider is that is not at its vendor's address."""
        return {"openai": self.openai_base_url, "anthropic": self.anthropic_base_url}.get(provider)

    @property
    def default_embedding_model(self) -> str:
        if self.embedding_model or self.embedding_folder is None:
            return self.embedding_model or ("openai:text-embedding-3-small" if self.has_openai else "demo:hashing")
        return f"local:{self.embedding_folder.resolve().name}"


def misspelt(environment: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each PARLEY_ variable that no setting reads, with the nearest name that one does."""
    known = {f"PARLEY_{name.upper()}" for name in Settings.model_fields}
    sentences = []
    for name in sorted(set(environment) - known):
        if name.startswith("PARLEY_"):
            near = difflib.get_close_matches(name, known, n=1)
            sentences.append(f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ""))
    return sentences
