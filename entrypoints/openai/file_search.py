"""The tool `file_search` of responses: Parley's own search in documents, within vector stores."""

from typing import Any

from domain.access import Need, Principal, may
from domain.attribute_filter import checked_filter
from domain.citation import Grounding, StoreScope
from domain.errors import Forbidden, InvalidInput, naming
from domain.retrieval.search_result import SEARCH_TOOL
from domain.run import RunSettings
from entrypoints.container import Container
from entrypoints.openai.ids import vector_store_id, vector_store_id_of
from entrypoints.openai.response_schemas import FunctionTool, ResponseBody

FILE_SEARCH = "file_search"
RESULTS = 10
WITH_RESULTS = "file_search_call.results"
"""What `include` has when the results of a search are to be told."""


def grounding_of(body: ResponseBody) -> Grounding | None:
    """What a response may search in; None when it asks for no search. Raise InvalidInput or VectorStoreNotFound."""
    tools = [tool for tool in body.tools or () if tool.type == FILE_SEARCH]
    if not tools:
        return None
    if len(tools) > 1:
        raise InvalidInput("tools", "`file_search` goes only once, with all `vector_store_ids`, not both")
    if any(tool.name == SEARCH_TOOL for tool in body.tools or ()):
        raise InvalidInput("tools", f"a tool of the name {SEARCH_TOOL} goes only without `file_search`")
    [tool] = tools
    filters, ranking = tool.filters.plain if tool.filters else None, tool.ranking_options
    if filters is not None:
        checked_filter(filters, field="tools.filters")
    with naming("tools"):
        stores = tuple(vector_store_id_of(id) for id in dict.fromkeys(tool.vector_store_ids or ()))
    least = (ranking.score_threshold if ranking else None) or 0.0
    scope = StoreScope(stores=stores, filters=filters, least_score=least)
    return Grounding(passages=tool.max_num_results or RESULTS, stores=scope)


async def check_search(services: Container, caller: Principal, settings: RunSettings) -> None:
    """Raise what a search would raise later, when nobody could hear of it: Forbidden, InvalidInput or
    VectorStoreNotFound."""
    if settings.grounding is None or settings.grounding.stores is None:
        return
    if not may(caller, Need.DOCUMENTS, looks=True):
        raise Forbidden("This key may not look at documents: it needs the scope documents or read")
    if SEARCH_TOOL not in services.settings().tools:
        raise InvalidInput("tools", "`file_search` is set by the operator of this server to be off")
    with naming("tools"):
        await services.knowledge().find_documents(caller.owner, settings.grounding.stores)


def refuse_search(tools: list[FunctionTool] | None) -> None:
    """Raise InvalidInput where nothing is stored, and so nothing is run here."""
    if any(tool.type == FILE_SEARCH for tool in tools or ()):
        raise InvalidInput("tools", "`file_search` goes only with a response that is stored")


def search_echo(grounding: Grounding) -> dict[str, Any]:
    """The tool as it was asked for."""
    scope = grounding.stores or StoreScope(stores=())
    return {
        "type": FILE_SEARCH,
        "vector_store_ids": [vector_store_id(id) for id in scope.stores],
        "max_num_results": grounding.passages,
        "filters": scope.filters,
        "ranking_options": {"ranker": "auto", "score_threshold": scope.least_score},
    }
