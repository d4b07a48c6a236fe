"""Filters by the attributes of files, and how what is found is ranked: in searches and in the tool `file_search`."""

from typing import Annotated, ClassVar

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from domain.attribute_filter import LARGEST_NUMBER, MOST_CONDITIONS, VALUE_CHARACTERS, Filter
from entrypoints.openai.schemas import OfKinds, Open, Words

SAFE = Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
Number = Annotated[StrictFloat, SAFE] | Annotated[StrictInt, SAFE]
Value = StrictBool | Number | Annotated[StrictStr, Field(max_length=VALUE_CHARACTERS)]
Key = Annotated[Words, Field(min_length=1, max_length=64)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
OF_KEYS = dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"), ("key", "value"))


class AttributeFilter(OfKinds):
    """One comparison, or several under `and` or `or`."""

    NEEDS: ClassVar = OF_KEYS | {"and": ("filters",), "or": ("filters",)}

    type: Annotated[str, Field(min_length=1, max_length=8)]
    key: Key | None = None
    value: Value | Annotated[list[Value], Field(max_length=MOST_CONDITIONS)] | None = None
    filters: Annotated[list["AttributeFilter"], Field(max_length=MOST_CONDITIONS)] | None = None

    @property
    def plain(self) -> Filter:
        """As it is kept and applied."""
        if self.filters is not None and self.type in ("and", "or"):
            return {"type": self.type, "filters": [each.plain for each in self.filters]}
        return {"type": self.type, "key": self.key, "value": self.value}


class HybridSearch(Open):
    embedding_weight: Score | None = None
    text_weight: Score | None = None


class RankingOptions(Open):
    """`score_threshold` is the least score of what is found; the order is always this server's own."""

    ranker: Annotated[str, Field(max_length=64)] | None = None
    score_threshold: Score | None = None
    hybrid_search: HybridSearch | None = None
