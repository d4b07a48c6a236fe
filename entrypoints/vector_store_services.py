"""The use cases of vector stores, put together: one group, so that the container stays short."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginRead, BeginTransaction
from application.vector_stores.add_file import AddFile
from application.vector_stores.add_files import AddFiles
from application.vector_stores.cancel_file_batch import CancelFileBatch
from application.vector_stores.change_file import ChangeFile
from application.vector_stores.change_vector_store import ChangeVectorStore
from application.vector_stores.create_vector_store import CreateVectorStore
from application.vector_stores.delete_vector_store import DeleteVectorStore
from application.vector_stores.get_file_batch import GetFileBatch
from application.vector_stores.get_store_file import GetStoreFile
from application.vector_stores.get_vector_store import GetVectorStore
from application.vector_stores.list_store_files import ListStoreFiles
from application.vector_stores.list_vector_stores import ListVectorStores
from application.vector_stores.remove_file import RemoveFile
from application.vector_stores.search_vector_store import SearchVectorStore
from entrypoints.ingestion_services import IngestionServices
from entrypoints.knowledge_services import KnowledgeServices


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorStoreServices:
    create: CreateVectorStore
    list: ListVectorStores
    get: GetVectorStore
    change: ChangeVectorStore
    delete: DeleteVectorStore
    search: SearchVectorStore
    add_file: AddFile
    add_files: AddFiles
    list_files: ListStoreFiles
    get_file: GetStoreFile
    change_file: ChangeFile
    remove_file: RemoveFile
    get_batch: GetFileBatch
    cancel_batch: CancelFileBatch


def vector_store_services(
    begin: BeginTransaction, read: BeginRead, now: Now, knowledge: KnowledgeServices, ingestion: IngestionServices
) -> VectorStoreServices:
    get_batch = GetFileBatch(read=read)
    return VectorStoreServices(
        create=CreateVectorStore(begin=begin, now=now),
        list=ListVectorStores(read=read),
        get=GetVectorStore(read=read),
        change=ChangeVectorStore(begin=begin),
        delete=DeleteVectorStore(begin=begin),
        search=SearchVectorStore(search=knowledge.search, find=knowledge.find_documents),
        add_file=AddFile(begin=begin, now=now),
        add_files=AddFiles(begin=begin, now=now),
        list_files=ListStoreFiles(read=read),
        get_file=GetStoreFile(read=read),
        change_file=ChangeFile(begin=begin, now=now),
        remove_file=RemoveFile(begin=begin),
        get_batch=get_batch,
        cancel_batch=CancelFileBatch(begin=begin, read=read, get=get_batch, cancel=ingestion.cancel),
    )
