"""The composition root: the only place that names adapters."""

import random
import sqlite3
from datetime import UTC, datetime
from functools import partial

from dependency_injector import containers, providers

from adapters.demo.embedder import HashingEmbedder
from adapters.demo.language_model import DemoLanguageModel
from adapters.memory.database import MemoryDatabase
from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.limits import Limits
from adapters.openai.retries import Retries
from adapters.openai.server import OpenAIServer
from adapters.schemas.json_schema import schema_mismatch
from adapters.sql.database import SqlDatabase
from adapters.sql.errors import DatabaseInUse, SchemaAhead
from adapters.sql.migrate import migrate
from application.chat.answer_statelessly import AnswerStatelessly
from application.chat.ask_question import AskQuestion
from application.completions.complete_text import CompleteText
from application.conversations.change_conversation import ChangeConversation
from application.conversations.create_conversation import CreateConversation
from application.conversations.delete_conversation import DeleteConversation
from application.conversations.get_conversation import GetConversation
from application.conversations.list_conversations import ListConversations
from application.conversations.list_messages import ListMessages
from application.embedder_router import EmbedderRouter
from application.embeddings.embed_texts import EmbedTexts
from application.model_router import ModelRouter
from application.ports.clock import Now
from application.ports.embedder import Embedder
from application.ports.language_model import LanguageModel
from application.runs.appender import Appender
from application.runs.cancel_run import CancelRun
from application.runs.execute_run import ExecuteRun
from application.runs.follow_run import FollowRun
from application.runs.get_run import GetRun
from application.runs.worker import Worker
from domain.conversation import Context, ContextBudget
from domain.errors import StorageUnavailable
from entrypoints.settings import Settings

Database = MemoryDatabase | SqlDatabase


class CannotStart(Exception):
    """The message is a sentence for the operator."""


def open_database(settings: Settings) -> Database:
    """The database that DATABASE_URL names; nothing is connected yet."""
    if settings.database_url.startswith("memory:"):
        return MemoryDatabase()
    try:
        return SqlDatabase.connect(settings.database_url, pool_size=settings.database_pool)
    except ValueError as error:
        raise CannotStart(f"DATABASE_URL: {error}") from error


async def prepare(database: Database, *, to_serve: bool = True) -> None:
    """Bring the schema up to date, and keep others from serving from the same SQLite file. Raise CannotStart."""
    if not isinstance(database, SqlDatabase):
        return
    try:
        if to_serve:
            database.claim()
        await migrate(database)
    except (SchemaAhead, DatabaseInUse, StorageUnavailable) as error:
        raise CannotStart(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise CannotStart(f"The database at DATABASE_URL cannot be opened: {error}") from error


def openai_server(settings: Settings, now: Now) -> OpenAIServer | None:
    """The OpenAI-compatible provider, when a key or an address for one is given."""
    if not settings.has_openai:
        return None
    return OpenAIServer.connect(
        provider="openai",
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else "",
        base_url=settings.openai_base_url,
        retries=Retries(jitter=random.random, now=now, max_attempts=settings.provider_attempts),
        limits=Limits(
            connect_seconds=settings.connect_seconds,
            first_byte_seconds=settings.first_byte_seconds,
            idle_seconds=settings.idle_seconds,
            total_seconds=settings.total_seconds,
        ),
    )


def language_models(settings: Settings, server: OpenAIServer | None) -> dict[str, LanguageModel]:
    """The providers that are there, by the name that goes before the colon."""
    demo = DemoLanguageModel(words_per_second=settings.demo_words_per_second)
    if server is None:
        return {"demo": demo}
    provider, _, name = settings.default_model.partition(":")
    return {"demo": demo, "openai": OpenAILanguageModel(server, models=[name] if provider == "openai" else [])}


def embedders(settings: Settings, server: OpenAIServer | None) -> dict[str, Embedder]:
    if server is None:
        return {"demo": HashingEmbedder()}
    name = settings.default_embedding_model.partition(":")[2]
    return {"demo": HashingEmbedder(), "openai": OpenAIEmbedder(server, default_model=name)}


async def close(container: "Container") -> None:
    """Close what was opened: the provider's connections, then the database."""
    if server := container.openai_server():
        await server.aclose()
    await container.database().dispose()


class Container(containers.DeclarativeContainer):
    """`Container(settings=Settings())`; everything is built once, on first use."""

    settings = providers.Dependency(instance_of=Settings)
    now = providers.Object(partial(datetime.now, UTC))
    default_model = settings.provided.default_model
    context = providers.Singleton(
        Context,
        system_prompt=settings.provided.system_prompt,
        budget=providers.Singleton(
            ContextBudget, messages=settings.provided.history_messages, tokens=settings.provided.history_tokens
        ),
    )

    database = providers.Singleton(open_database, settings)
    begin = database.provided.begin
    read = database.provided.read
    run_log = database.provided.run_log

    openai_server = providers.Singleton(openai_server, settings, now)
    language_models = providers.Singleton(language_models, settings, openai_server)
    model = providers.Singleton(ModelRouter, providers=language_models, default_model=default_model)
    embedders = providers.Singleton(embedders, settings, openai_server)
    embedder = providers.Singleton(
        EmbedderRouter, providers=embedders, default_model=settings.provided.default_embedding_model
    )

    appender = providers.Singleton(Appender, log=run_log)
    execute_run = providers.Singleton(ExecuteRun, model=model)
    worker = providers.Singleton(
        Worker, execute=execute_run, appender=appender, now=now, most_runs=settings.provided.max_runs
    )

    ask_question = providers.Singleton(
        AskQuestion, begin=begin, worker=worker, now=now, context=context, default_model=default_model
    )
    answer_statelessly = providers.Singleton(AnswerStatelessly, model=model)
    get_run = providers.Singleton(GetRun, read=read)
    follow_run = providers.Singleton(FollowRun, read=read, log=run_log, worker=worker)
    cancel_run = providers.Singleton(CancelRun, read=read, worker=worker)
    create_conversation = providers.Singleton(CreateConversation, begin=begin, now=now)
    get_conversation = providers.Singleton(GetConversation, read=read)
    list_conversations = providers.Singleton(ListConversations, read=read)
    change_conversation = providers.Singleton(ChangeConversation, begin=begin, now=now)
    delete_conversation = providers.Singleton(DeleteConversation, begin=begin, worker=worker)
    list_messages = providers.Singleton(ListMessages, read=read)
    complete_text = providers.Singleton(
        CompleteText, model=model, default_model=default_model, schema_mismatch=providers.Object(schema_mismatch)
    )
    embed_texts = providers.Singleton(EmbedTexts, embedder=embedder)
