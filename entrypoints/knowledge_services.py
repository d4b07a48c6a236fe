"""The use cases of asking documents, put together: one group, so that the container stays short."""

from dataclasses import dataclass

from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.find_passages import FindPassages
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.search_documents import SearchDocuments
from application.ports.embedder import Embedder
from application.ports.storage import BeginRead
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeServices:
    search: SearchDocuments
    find_passages: FindPassages


def knowledge_services(settings: Settings, read: BeginRead, embedder: Embedder) -> KnowledgeServices:
    models = ModelsInTime(embedder=embedder, embedding_seconds=settings.search_seconds)
    search = SearchDocuments(read=read, stemmer=SnowballStemmer(), models=models)
    return KnowledgeServices(search=search, find_passages=FindPassages(read=read, search=search))
