"""The use cases of asking documents, put together: one group, so that the container stays short."""

from dataclasses import dataclass

from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.answer_from_documents import AnswerFromDocuments
from application.knowledge.check_citations import CheckCitations
from application.knowledge.cite_found import CiteFound
from application.knowledge.document_tools import DocumentTools
from application.knowledge.find_passages import FindPassages
from application.knowledge.find_sources import FindSources
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.rewrite_question import RewriteQuestion
from application.knowledge.search_documents import SearchDocuments
from application.knowledge.show_document import ShowDocument
from application.ports.clock import Now
from application.ports.language_model import LanguageModel
from application.ports.reranker import Reranker
from application.ports.storage import BeginRead, BeginTransaction
from application.runs.execute_run import ExecuteRun
from application.usage.metered_embedder import MeteredEmbedder
from application.vector_stores.find_documents import FindDocuments
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeServices:
    search: SearchDocuments
    find_passages: FindPassages
    answer_from_documents: AnswerFromDocuments
    cite_found: CiteFound
    document_tools: DocumentTools
    find_documents: FindDocuments
    show_document: ShowDocument


def knowledge_services(
    settings: Settings,
    begin: BeginTransaction,
    read: BeginRead,
    now: Now,
    embedder: MeteredEmbedder,
    reranker: Reranker | None,
    model: LanguageModel,
    execute: ExecuteRun,
) -> KnowledgeServices:
    stemmer, find_documents = SnowballStemmer(), FindDocuments(begin=begin, read=read, now=now)
    models = ModelsInTime(
        embedder=embedder,
        reranker=reranker,
        embedding_seconds=settings.search_seconds,
        reranking_seconds=settings.rerank_seconds,
    )
    search = SearchDocuments(read=read, stemmer=stemmer, models=models)
    check = CheckCitations(read=read, stemmer=stemmer)
    answer = AnswerFromDocuments(
        execute=execute,
        rewrite=RewriteQuestion(model=model, seconds=settings.rewrite_seconds),
        find=FindSources(read=read, search=search, whole_tokens=settings.rag_whole_tokens),
        check=check,
        stemmer=stemmer,
    )
    return KnowledgeServices(
        search=search,
        find_passages=FindPassages(read=read, search=search),
        answer_from_documents=answer,
        cite_found=CiteFound(read=read, stemmer=stemmer, check=check),
        document_tools=DocumentTools(search=search, find_documents=find_documents),
        find_documents=find_documents,
        show_document=ShowDocument(read=read, search=search, whole_tokens=settings.rag_whole_tokens),
    )
