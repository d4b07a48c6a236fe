"""The tool by which agents search in documents."""

from dataclasses import dataclass, replace

from application.knowledge.search_documents import QUESTION_CHARACTERS, SearchDocuments
from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from application.vector_stores.find_documents import FindDocuments
from domain.access import Need, OwnerId, Principal, may
from domain.citation import Grounding, StoreScope
from domain.errors import InvalidInput, NotFound, StorageUnavailable
from domain.retrieval.search_result import SEARCH_TOOL, result_of
from domain.tool import Tool, ToolSpec

MOST = 10
DESCRIPTION = (
    "Search the documents that the user has uploaded. Give a whole question or the words that the answer must have; "
    "search again in other words when nothing fits."
)
TOOL = Tool(
    spec=ToolSpec(
        SEARCH_TOOL,
        DESCRIPTION,
        {
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "maxLength": QUESTION_CHARACTERS},
                "top_k": {"type": "integer", "minimum": 1, "maximum": MOST, "description": "how many passages"},
            },
            "required": ["query"],
            "additionalProperties": False,
        },
    ),
    is_idempotent=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTools(ToolProvider):
    """Only the documents of whom the run belongs to are searched; of a conversation with documents, only those, and of
    one that asks in vector stores, only what is in them."""

    search: SearchDocuments
    find_documents: FindDocuments

    async def tools(self) -> tuple[Tool, ...]:
        return (TOOL,)

    async def call(self, invocation: ToolInvocation) -> str:
        grounding, wanted = invocation.grounding or Grounding(), invocation.arguments
        try:
            if grounding.stores:
                return await self._in_stores(str(wanted["query"]), invocation.owner, grounding, grounding.stores)
            findings = await self.search(
                str(wanted["query"]),
                owner=invocation.owner,
                documents=grounding.documents,
                limit=int(wanted.get("top_k", 5)),
                quotes=False,
            )
        except (InvalidInput, NotFound, StorageUnavailable) as refusal:
            raise ToolFailed(str(refusal)) from refusal
        return result_of(findings)

    async def _in_stores(self, query: str, owner: OwnerId, grounding: Grounding, scope: StoreScope) -> str:
        """How many passages there are the caller says, and not the model."""
        files = await self.find_documents(owner, scope)
        documents = [*files, *(grounding.documents or ())]
        findings = await self.search(query, owner=owner, documents=documents, limit=grounding.passages, quotes=False)
        good = tuple(found for found in findings.found if found.score >= scope.least_score)
        return result_of(replace(findings, found=good), files=files)


def allowed_tools(principal: Principal, names: tuple[str, ...]) -> tuple[str, ...]:
    """Without the search for who may not look at documents."""
    if may(principal, Need.DOCUMENTS, looks=True):
        return names
    return tuple(name for name in names if name != SEARCH_TOOL)
