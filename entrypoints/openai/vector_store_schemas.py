"""What requests about vector stores may have. Harmless fields that Parley does not know are ignored."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from domain.vector_store import MOST_AT_ONCE, NAME_CHARACTERS
from entrypoints.openai.filter_schemas import AttributeFilter, Key, RankingOptions, Value
from entrypoints.openai.response_schemas import Id, Metadata
from entrypoints.openai.schemas import OfKinds, Open, Words

Name = Annotated[Words, Field(max_length=NAME_CHARACTERS)]
Attributes = Annotated[dict[Key, Value], Field(max_length=16)]
FileIds = Annotated[list[Id], Field(max_length=MOST_AT_ONCE)]


class ExpiresAfter(Open):
    anchor: Literal["last_active_at"]
    days: Annotated[StrictInt, Field(ge=1, le=365)]


class StaticChunking(Open):
    max_chunk_size_tokens: Annotated[StrictInt, Field(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[StrictInt, Field(ge=0, le=2048)]


class ChunkingStrategy(OfKinds):
    """Taken, and without effect: a file is cut once for all stores, as this server's settings say."""

    NEEDS: ClassVar = {"auto": (), "static": ("static",)}

    type: Annotated[str, Field(min_length=1, max_length=16)]
    static: StaticChunking | None = None


class NewStoreBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Rivers", "file_ids": ["file_1"]}]})

    name: Name | None = None
    file_ids: FileIds | None = None
    metadata: Metadata | None = None
    expires_after: ExpiresAfter | None = None
    chunking_strategy: ChunkingStrategy | None = None


class StoreChangeBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Rivers and lakes"}]})

    name: Name | None = None
    metadata: Metadata | None = None
    expires_after: ExpiresAfter | None = None


class NewFileBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"file_id": "file_1", "attributes": {"year": 2026}}]})

    file_id: Id
    attributes: Attributes | None = None
    chunking_strategy: ChunkingStrategy | None = None


class FileChangeBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"attributes": {"year": 2026}}]})

    attributes: Attributes | None


class NewBatchBody(Open):
    """`file_ids`, which share the `attributes`, or `files` with their own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file_ids": ["file_1"]}]})

    file_ids: Annotated[FileIds, Field(min_length=1)] | None = None
    files: Annotated[list[NewFileBody], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    attributes: Attributes | None = None
    chunking_strategy: ChunkingStrategy | None = None

    @model_validator(mode="after")
    def _has_one_of_them(self) -> Self:
        if (self.file_ids is None) is (self.files is None):
            raise ValueError("give `file_ids` or `files`, not both")
        return self

    @property
    def wishes(self) -> list[tuple[str, dict[str, Any]]]:
        """Each file with its attributes."""
        if self.files is not None:
            return [(file.file_id, file.attributes or {}) for file in self.files]
        return [(id, self.attributes or {}) for id in self.file_ids or ()]


class SearchBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "Why does a river bend?"}]})

    query: (
        Annotated[Words, Field(min_length=1, max_length=10_000)]
        | Annotated[list[Annotated[Words, Field(min_length=1, max_length=10_000)]], Field(min_length=1, max_length=8)]
    )
    max_num_results: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    filters: AttributeFilter | None = None
    ranking_options: RankingOptions | None = None
    rewrite_query: bool | None = None

    @property
    def queries(self) -> list[str]:
        return [self.query] if isinstance(self.query, str) else self.query
