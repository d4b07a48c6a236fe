"""The composition root: the only place that names adapters."""

import secrets
import sqlite3
from datetime import UTC, datetime
from functools import partial

from dependency_injector import containers, providers

from adapters.memory.database import MemoryDatabase
from adapters.memory.signals import LocalSignals
from adapters.schemas.json_schema import schema_mismatch
from adapters.sql.database import SqlDatabase
from adapters.sql.errors import DatabaseInUse, SchemaAhead
from adapters.sql.migrate import migrate
from adapters.webhooks.approval_webhook import ApprovalWebhook
from adapters.workflows.toml_files import SHIPPED, TomlWorkflows
from application.agents.answer_with_tools import AnswerWithTools
from application.agents.ask_person import AskPersons
from application.agents.call_tools import CallTools
from application.agents.cancel_session import CancelSession
from application.agents.decide_approval import DecideApproval
from application.agents.expire_approvals import ExpireApprovals
from application.agents.get_approval import GetApproval
from application.agents.get_session import GetSession
from application.agents.instruct_session import InstructSession
from application.agents.list_approvals import ListApprovals
from application.agents.list_run_approvals import ListRunApprovals
from application.agents.model_step import ModelStep
from application.agents.nobody_to_ask import NobodyToAsk
from application.agents.notify_approvals import NotifyApprovals
from application.agents.pause_session import PauseSession
from application.agents.run_agent import RunAgent
from application.agents.sessions import Sessions
from application.agents.start_session import StartSession
from application.archive.move_in import MoveIn
from application.archive.take_out import TakeOut
from application.chat.answer_statelessly import AnswerStatelessly
from application.chat.ask_question import AskQuestion
from application.chat.complete_chat import CompleteChat
from application.chat.continue_chat import ContinueChat
from application.chat.edit_question import EditQuestion
from application.chat.regenerate_answer import RegenerateAnswer
from application.chat.stream_chat import StreamChat
from application.chat.take_turn import TakeTurn
from application.chat.title_conversation import TitleConversation
from application.chat.titles import Titles
from application.chat.turn_opener import TurnOpener
from application.chat_router import ChatRouter
from application.completions.complete_text import CompleteText
from application.conversations.add_items import AddItems
from application.conversations.change_conversation import ChangeConversation
from application.conversations.choose_branch import ChooseBranch
from application.conversations.create_conversation import CreateConversation
from application.conversations.delete_conversation import DeleteConversation
from application.conversations.delete_item import DeleteItem
from application.conversations.find_conversation import FindConversation
from application.conversations.find_forks import FindForks
from application.conversations.find_messages import FindMessages
from application.conversations.get_conversation import GetConversation
from application.conversations.get_item import GetItem
from application.conversations.list_conversations import ListConversations
from application.conversations.list_items import ListItems
from application.conversations.list_messages import ListMessages
from application.embeddings.embed_texts import EmbedTexts
from application.fallback_model import FallbackModel
from application.idempotency.answer_once import AnswerOnce
from application.knowledge.ask_documents import AskDocuments
from application.model_router import ModelRouter
from application.ports.clock import Now
from application.ports.signals import Signals
from application.ports.workflows import WorkflowCatalogue
from application.runs.appender import Appender
from application.runs.cancel_run import CancelRun
from application.runs.delete_run import DeleteRun
from application.runs.execute_run import ExecuteRun
from application.runs.follow_run import FollowRun
from application.runs.get_run import GetRun
from application.runs.perform_run import PerformRun
from application.runs.resume_run import ResumeRun
from application.runs.run_reader import RunReader
from application.runs.run_stopper import RunStopper
from application.runs.worker import Worker
from application.runs.worker_loop import WorkerLoop
from application.shaped_model import ShapedModel
from application.workflows.get_workflow_run import GetWorkflowRun
from application.workflows.run_workflow import RunWorkflow
from application.workflows.start_workflow import StartWorkflow
from application.workflows.take_step import TakeStep
from domain.errors import StorageUnavailable
from domain.prompt import Context, ContextBudget
from domain.run import RunKind
from entrypoints.access_services import access_services
from entrypoints.ingestion_services import document_reader, ingestion_services, open_blobs, perform_ingestion
from entrypoints.knowledge_services import knowledge_services
from entrypoints.limit_services import limit_services, limited_providers
from entrypoints.provider_set import CannotStart, Closing, connect_providers
from entrypoints.settings import Settings
from entrypoints.sign_in_set import access_tokens, hash_passwords, identity_provider
from entrypoints.tool_set import mcp_tools, open_toolbox, tool_sources
from entrypoints.usage_services import price_list, usage_services
from entrypoints.vector_store_services import vector_store_services

Database = MemoryDatabase | SqlDatabase


def open_database(settings: Settings) -> Database:
    """The database that DATABASE_URL names; nothing is connected yet."""
    if settings.database_url.startswith("memory:"):
        return MemoryDatabase()
    try:
        return SqlDatabase.connect(
            settings.database_url,
            pool_size=settings.database_pool,
            vector_cache_bytes=settings.vector_cache_bytes,
        )
    except ValueError as error:
        raise CannotStart(f"DATABASE_URL: {error}") from error


def open_signals(database: Database) -> Signals:
    """Within the process, and on Postgres between all that share it."""
    if isinstance(database, SqlDatabase):
        return database.signals_over(LocalSignals())
    return LocalSignals()


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


def workflow_catalogue(settings: Settings) -> WorkflowCatalogue:
    """The workflows that come with Parley, and above them the operator's own."""
    own = [settings.workflows_folder] if settings.workflows_folder else []
    return TomlWorkflows([SHIPPED, *own], schema_mismatch=schema_mismatch)


def make_titles(settings: Settings, title_conversation: TitleConversation) -> Titles:
    return Titles(title_conversation if settings.title_model else None)


def approval_notifier(settings: Settings, now: Now) -> ApprovalWebhook | None:
    """Who is told of questions to people, if anybody is."""
    if settings.approval_webhook is None or settings.approval_webhook_secret is None:
        return None
    return ApprovalWebhook(str(settings.approval_webhook), settings.approval_webhook_secret.get_secret_value(), now=now)


async def close(container: "Container") -> None:
    """Close what was opened: the providers' connections, servers of tools, then the database."""
    for aclose in container.to_close():
        await aclose()
    if notifier := container.approval_notifier():
        await notifier.aclose()
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
    signals = providers.Singleton(open_signals, database)
    lease_seconds = settings.provided.worker_lease_seconds

    to_close = providers.Singleton(list[Closing])
    connected = providers.Singleton(connect_providers, settings, now, to_close)
    worker_id = providers.Singleton(secrets.token_hex, 8)
    prices = providers.Singleton(price_list, settings, connected)
    limits = providers.Singleton(limit_services, settings, database, connected, prices, now, worker_id, to_close)
    provider_set = providers.Singleton(limited_providers, limits, connected)
    catalogue = provider_set.provided.catalogue
    usage = providers.Singleton(usage_services, settings, provider_set, prices, begin, read, now)
    language_models = usage.provided.models
    fallbacks = settings.provided.fallback_models
    routed_model = providers.Singleton(
        ModelRouter, providers=language_models, default_model=default_model, catalogue=catalogue
    )
    unshaped_model = providers.Singleton(FallbackModel, model=routed_model, fallbacks=fallbacks)
    model = providers.Singleton(ShapedModel, model=unshaped_model, schema_mismatch=providers.Object(schema_mismatch))
    chat_router = providers.Singleton(
        ChatRouter,
        relays=usage.provided.relays,
        providers=language_models,
        default_model=default_model,
        catalogue=catalogue,
        fallbacks=fallbacks,
    )
    embedder = usage.provided.embedder

    appender = providers.Singleton(Appender, log=run_log, signals=signals)
    worker = providers.Singleton(
        Worker,
        id=worker_id,
        appender=appender,
        now=now,
        most_runs=settings.provided.max_runs,
        recorder=usage.provided.recorder,
        most_of_owner=settings.provided.most_runs_of_user,
    )
    mcp_tools = providers.Singleton(mcp_tools, settings, to_close)
    execute_run = providers.Singleton(ExecuteRun, model=model)
    knowledge = providers.Singleton(
        knowledge_services, settings, begin, read, now, embedder, provider_set.provided.reranker, model, execute_run
    )
    tool_sources = providers.Singleton(tool_sources, settings, now, mcp_tools, knowledge.provided.document_tools)
    toolbox = providers.Singleton(open_toolbox, settings, tool_sources)
    ask_persons = providers.Singleton(
        AskPersons,
        begin=begin,
        read=read,
        signals=signals,
        now=now,
        approval_seconds=settings.provided.approval_seconds,
    )
    run_agent = providers.Singleton(
        RunAgent,
        toolbox=toolbox,
        step=providers.Singleton(ModelStep, execute=execute_run, cite=knowledge.provided.cite_found),
        call=providers.Singleton(CallTools, toolbox=toolbox),
        persons=ask_persons,
        schema_mismatch=providers.Object(schema_mismatch),
        most_steps=settings.provided.agent_steps,
        most_tokens=settings.provided.agent_tokens,
    )
    workflows = providers.Singleton(workflow_catalogue, settings)
    take_step = providers.Singleton(TakeStep, model=unshaped_model, schema_mismatch=providers.Object(schema_mismatch))
    run_workflow = providers.Singleton(RunWorkflow, take_step=take_step, persons=ask_persons)
    blobs = providers.Singleton(open_blobs, settings, database.provided.blobs, now, to_close)
    document_reader = providers.Singleton(document_reader, settings)
    perform_ingestion = providers.Singleton(perform_ingestion, settings, begin, now, embedder, blobs, document_reader)
    performers = providers.Dict({RunKind.WORKFLOW: run_workflow, RunKind.INGESTION: perform_ingestion})
    perform_run = providers.Singleton(
        PerformRun,
        reply=execute_run,
        agent=run_agent,
        from_documents=knowledge.provided.answer_from_documents,
        of_kind=performers,
    )
    resume_run = providers.Singleton(
        ResumeRun,
        read=read,
        log=run_log,
        perform=perform_run,
        context=context,
        most_attempts=settings.provided.max_attempts,
        count_lost_calls=usage.provided.count_lost_calls,
    )
    worker_loop = providers.Singleton(
        WorkerLoop,
        expire_approvals=providers.Singleton(ExpireApprovals, begin=begin, signals=signals, now=now),
        worker=worker,
        workers=database.provided.workers,
        resume=resume_run,
        log=run_log,
        signals=signals,
        lease_seconds=lease_seconds,
        retention_seconds=settings.provided.event_retention_seconds,
    )
    run_reader = providers.Singleton(RunReader, read=read, log=run_log, worker=worker, signals=signals)
    run_stopper = providers.Singleton(
        RunStopper, begin=begin, log=run_log, worker=worker, reader=run_reader, signals=signals, now=now
    )
    title_conversation = providers.Singleton(
        TitleConversation, begin=begin, model=model, title_model=settings.provided.title_model
    )
    titles = providers.Singleton(make_titles, settings, title_conversation)
    turns = providers.Singleton(
        TurnOpener,
        titles=titles,
        begin=begin,
        worker=worker,
        perform=perform_run,
        stopper=run_stopper,
        signals=signals,
        now=now,
        context=context,
        default_model=default_model,
        most_queued=settings.provided.max_queued,
        most_queued_of_owner=settings.provided.most_queued_of_user,
        lease_seconds=lease_seconds,
    )

    ingestion = providers.Singleton(
        ingestion_services, settings, begin, read, now, turns, run_stopper, blobs, document_reader
    )
    vector_stores = providers.Singleton(vector_store_services, begin, read, now, knowledge, ingestion)
    ask_question = providers.Singleton(AskQuestion, turns=turns, now=now)
    ask_documents = providers.Singleton(AskDocuments, turns=turns, now=now)
    take_turn = providers.Singleton(TakeTurn, turns=turns, now=now)
    continue_chat = providers.Singleton(ContinueChat, turns=turns, now=now)
    edit_question = providers.Singleton(EditQuestion, turns=turns)
    regenerate_answer = providers.Singleton(RegenerateAnswer, turns=turns)
    answer_statelessly = providers.Singleton(AnswerStatelessly, model=model)
    stream_chat = providers.Singleton(StreamChat, router=chat_router, answer=answer_statelessly)
    complete_chat = providers.Singleton(CompleteChat, router=chat_router, model=model)
    answer_once = providers.Singleton(AnswerOnce, begin=begin, worker_id=worker_id, lease_seconds=lease_seconds)
    sessions = providers.Singleton(
        Sessions, toolbox=toolbox, now=now, idle_seconds=settings.provided.session_idle_seconds
    )
    answer_with_tools = providers.Singleton(
        AnswerWithTools,
        agent=providers.Singleton(
            RunAgent,
            toolbox=toolbox,
            step=providers.Singleton(ModelStep, execute=execute_run, cite=knowledge.provided.cite_found),
            call=providers.Singleton(CallTools, toolbox=toolbox),
            persons=providers.Object(NobodyToAsk()),
            schema_mismatch=providers.Object(schema_mismatch),
            most_steps=settings.provided.agent_steps,
            most_tokens=settings.provided.agent_tokens,
        ),
        sessions=sessions,
        now=now,
        default_model=default_model,
    )
    start_session = providers.Singleton(StartSession, begin=begin, turns=turns, sessions=sessions, now=now)
    get_session = providers.Singleton(GetSession, read=read, sessions=sessions)
    instruct_session = providers.Singleton(InstructSession, read=read, turns=turns, sessions=sessions)
    pause_session = providers.Singleton(PauseSession, begin=begin, sessions=sessions, signals=signals)
    cancel_session = providers.Singleton(CancelSession, read=read, sessions=sessions, stopper=run_stopper)
    approval_notifier = providers.Singleton(approval_notifier, settings, now)
    notify_approvals = providers.Singleton(
        NotifyApprovals, begin=begin, signals=signals, now=now, notifier=approval_notifier
    )
    list_approvals = providers.Singleton(ListApprovals, read=read)
    list_run_approvals = providers.Singleton(ListRunApprovals, read=read)
    get_approval = providers.Singleton(GetApproval, read=read)
    decide_approval = providers.Singleton(
        DecideApproval,
        begin=begin,
        read=read,
        toolbox=toolbox,
        schema_mismatch=providers.Object(schema_mismatch),
        signals=signals,
        now=now,
    )
    start_workflow = providers.Singleton(StartWorkflow, catalogue=workflows, turns=turns, now=now)
    get_workflow_run = providers.Singleton(GetWorkflowRun, read=read, log=run_log)
    get_run = providers.Singleton(GetRun, read=read)
    follow_run = providers.Singleton(FollowRun, read=read, worker=worker, reader=run_reader)
    cancel_run = providers.Singleton(CancelRun, read=read, stopper=run_stopper)
    delete_run = providers.Singleton(DeleteRun, begin=begin, stopper=run_stopper)
    create_conversation = providers.Singleton(CreateConversation, begin=begin, now=now, lease_seconds=lease_seconds)
    get_conversation = providers.Singleton(GetConversation, read=read)
    find_conversation = providers.Singleton(FindConversation, read=read)
    list_conversations = providers.Singleton(ListConversations, read=read)
    take_out = providers.Singleton(TakeOut, read=read)
    move_in = providers.Singleton(MoveIn, begin=begin)
    change_conversation = providers.Singleton(ChangeConversation, begin=begin, now=now)
    delete_conversation = providers.Singleton(DeleteConversation, begin=begin, worker=worker, signals=signals)
    list_messages = providers.Singleton(ListMessages, read=read)
    find_forks = providers.Singleton(FindForks, read=read)
    choose_branch = providers.Singleton(ChooseBranch, begin=begin)
    add_items = providers.Singleton(AddItems, begin=begin, now=now)
    list_items = providers.Singleton(ListItems, read=read)
    get_item = providers.Singleton(GetItem, read=read)
    find_messages = providers.Singleton(FindMessages, read=read)
    delete_item = providers.Singleton(DeleteItem, begin=begin)
    complete_text = providers.Singleton(CompleteText, model=model, default_model=default_model)
    embed_texts = providers.Singleton(EmbedTexts, embedder=embedder)
    passwords = providers.Singleton(hash_passwords, to_close)
    access_tokens = providers.Singleton(access_tokens, settings)
    identity_provider = providers.Singleton(identity_provider, settings, to_close)
    access = providers.Singleton(
        access_services,
        settings,
        begin,
        read,
        now,
        passwords,
        access_tokens,
        identity_provider,
        usage.provided.recorder.flush,
        limits.provided.counters,
    )
