"""The part of the composition root that connects the providers of models: those of the catalogue that have a key."""

import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.anthropic.language_model import AnthropicLanguageModel
from adapters.anthropic.server import AnthropicServer
from adapters.catalogue.toml_file import BadCatalogue, read_catalogue
from adapters.demo.embedder import HashingEmbedder
from adapters.demo.language_model import DemoLanguageModel
from adapters.http.limits import Limits
from adapters.http.retries import Retries
from adapters.http.server import ProviderServer
from adapters.local_embedder.embedder import LocalEmbedder
from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.relay import OpenAIChatRelay
from adapters.openai.reranker import OpenAIReranker
from adapters.openai.server import OpenAIServer
from application.circuit_breaker import CircuitBreaker, GuardedModel, GuardedRelay
from application.ports.chat_relay import ChatRelay
from application.ports.clock import Now
from application.ports.embedder import Embedder
from application.ports.language_model import LanguageModel
from application.ports.reranker import Reranker
from domain.catalogue import Catalogue, Provider, ProviderKind
from domain.circuit import CircuitRules
from entrypoints.settings import Settings

Closing = Callable[[], Awaitable[None]]


class CannotStart(Exception):
    """The message is a sentence for the operator."""


@dataclass(slots=True, eq=False)
class ProviderSet:
    """What there is to ask, by the name that goes before the colon. `missing` are providers without a key, by its
    variable."""

    catalogue: Catalogue
    models: dict[str, LanguageModel] = field(default_factory=dict)
    relays: dict[str, ChatRelay] = field(default_factory=dict)
    embedders: dict[str, Embedder] = field(default_factory=dict)
    reranker: Reranker | None = None
    breakers: dict[str, CircuitBreaker] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    servers: list[ProviderServer] = field(default_factory=list)

    async def aclose(self) -> None:
        """Close every connection; end the streams first."""
        for server in self.servers:
            await server.aclose()


def connect_providers(settings: Settings, now: Now, to_close: list[Closing]) -> ProviderSet:
    """Nothing is sent yet. Raise CannotStart for a catalogue, an address or a key that cannot be used, and for models
    of providers that are not there."""
    built = ProviderSet(_catalogue(settings))
    to_close.append(built.aclose)
    for provider in built.catalogue.providers.values():
        key, base_url = settings.key_in(provider.key), settings.base_url_of(provider.name) or provider.base_url
        if provider.kind is ProviderKind.DEMO:
            built.models[provider.name] = DemoLanguageModel(words_per_second=settings.demo_words_per_second)
            built.embedders[provider.name] = HashingEmbedder()
        elif key is None and provider.key is not None and not settings.base_url_of(provider.name):
            built.missing[provider.name] = provider.key
        else:
            with _named(provider):
                _connect(built, provider, settings, now, key=key or "", base_url=base_url)
    if settings.embedding_folder is not None:
        built.embedders["local"] = _local_embedder(settings.embedding_folder)
    _check_names(settings, built)
    return built


def _local_embedder(folder: Path) -> Embedder:
    try:
        return LocalEmbedder.from_folder(folder)
    except (OSError, ValueError) as error:
        raise CannotStart(f"PARLEY_EMBEDDING_FOLDER: {error}") from error


def _catalogue(settings: Settings) -> Catalogue:
    moved = frozenset(name for name in ("openai", "anthropic") if settings.base_url_of(name))
    try:
        return read_catalogue(settings.models_file, moved=moved)
    except BadCatalogue as error:
        raise CannotStart(f"PARLEY_MODELS_FILE: {error}") from error


def _connect(
    built: ProviderSet, provider: Provider, settings: Settings, now: Now, *, key: str, base_url: str | None
) -> None:
    name, names = provider.name, _names_of(provider.name, settings, built.catalogue)
    retries = Retries(jitter=random.random, now=now, max_attempts=settings.provider_attempts)
    connection = AnthropicServer if provider.kind is ProviderKind.ANTHROPIC else OpenAIServer
    server = connection.connect(
        provider=name, api_key=key, base_url=base_url, retries=retries, limits=_limits(settings)
    )
    built.servers.append(server)
    breaker = built.breakers[name] = CircuitBreaker(name, _rules(settings), time.monotonic)
    if isinstance(server, AnthropicServer):
        longest = {each: built.catalogue.model(f"{name}:{each}").max_output_tokens for each in names}
        model: LanguageModel = AnthropicLanguageModel(server, models=names, output_tokens=longest)
    elif isinstance(server, OpenAIServer):
        model = OpenAILanguageModel(server, models=names, reasoning_back=provider.reasoning_back)
        built.relays[name] = GuardedRelay(OpenAIChatRelay(server), breaker)
        embedding_model = settings.default_embedding_model.partition(":")[2]
        built.embedders[name] = OpenAIEmbedder(server, default_model=embedding_model)
        of, _, rerank_model = settings.rerank_model.partition(":")
        if of == name:
            built.reranker = OpenAIReranker(server, model=rerank_model)
    built.models[name] = GuardedModel(model, breaker)


def _names_of(provider: str, settings: Settings, catalogue: Catalogue) -> tuple[str, ...]:
    """The models that are configured, by the provider's own names."""
    chosen = [name.partition(":") for name in (settings.default_model, *settings.fallback_models)]
    return tuple(dict.fromkeys([*(name for of, _, name in chosen if of == provider), *catalogue.names_of(provider)]))


def _check_names(settings: Settings, built: ProviderSet) -> None:
    """What an operator names must be there, or nothing would ever say that it is not."""
    for variable, names in (
        ("PARLEY_MODEL", [settings.model]),
        ("PARLEY_TITLE_MODEL", [settings.title_model]),
        ("PARLEY_FALLBACK_MODELS", settings.fallback_models),
    ):
        for name in filter(None, names):
            provider = name.partition(":")[0]
            if provider in built.missing:
                raise CannotStart(f"{variable}: {name} needs a key in {built.missing[provider]}")
            if provider not in built.models:
                there = ", ".join(built.models)
                raise CannotStart(f"{variable}: {name}: there is no provider {provider!r}; there are {there}")

    if settings.rerank_model and built.reranker is None:
        there = ", ".join(built.relays) or "none"
        raise CannotStart(f"PARLEY_RERANK_MODEL: {settings.rerank_model}: providers that may rerank: {there}")


def _limits(settings: Settings) -> Limits:
    return Limits(
        connect_seconds=settings.connect_seconds,
        first_byte_seconds=settings.first_byte_seconds,
        idle_seconds=settings.idle_seconds,
        total_seconds=settings.total_seconds,
    )


def _rules(settings: Settings) -> CircuitRules:
    return CircuitRules(most_faults=settings.breaker_faults, pause_seconds=settings.breaker_seconds)


@contextmanager
def _named(provider: Provider) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise CannotStart(f"provider {provider.name}: {error}") from error
