"""How documents are cut."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import InvalidInput

SMALLEST, LARGEST = 100, 20_000


class Strategy(StrEnum):
    STRUCTURE = "structure"  # sections, then whole sentences; the default
    FIXED = "fixed"  # so many characters, wherever that is
    SENTENCES = "sentences"  # whole sentences, whatever section they stand in
    CODE = "code"  # at the largest seams of the indentation
    SEMANTIC = "semantic"  # where the topic shifts; needs a vector a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSettings:
    """`size` is the most characters a chunk's text may have, `overlap` the most that two neighbours share.

    Raises InvalidInput naming the field. The overlap may be half the size: more would repeat every sentence often.
    """

    strategy: Strategy = Strategy.STRUCTURE
    size: int = 800
    overlap: int = 200

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise InvalidInput("chunk_size", f"must be from {SMALLEST} to {LARGEST} characters, not {self.size}")
        if not 0 <= self.overlap <= self.size // 2:
            raise InvalidInput(
                "chunk_overlap", f"must be from 0 to {self.size // 2} characters, half the size, not {self.overlap}"
            )
