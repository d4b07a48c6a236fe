"""The tool by which agents search in documents."""

from dataclasses import dataclass

from application.knowledge.search_documents import QUESTION_CHARACTERS, SearchDocuments
from application.ports.tools import ToolFailed, ToolInvocation, ToolProvider
from domain.access import Need, Principal, may
from domain.errors import InvalidInput, StorageUnavailable
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
    """Only the documents of whom the run belongs to are searched; of a conversation with documents, only those."""

    search: SearchDocuments

    async def tools(self) -> tuple[Tool, ...]:
        return (TOOL,)

    async def call(self, invocation: ToolInvocation) -> str:
        try:
            findings = await self.search(
                str(invocation.arguments["query"]),
                owner=invocation.owner,
                documents=invocation.documents,
                limit=int(invocation.arguments.get("top_k", 5)),
                quotes=False,
            )
        except (InvalidInput, StorageUnavailable) as refusal:
            raise ToolFailed(str(refusal)) from refusal
        return result_of(findings)


def allowed_tools(principal: Principal, names: tuple[str, ...]) -> tuple[str, ...]:
    """Without the search for who may not look at documents."""
    if may(principal, Need.DOCUMENTS, looks=True):
        return names
    return tuple(name for name in names if name != SEARCH_TOOL)
