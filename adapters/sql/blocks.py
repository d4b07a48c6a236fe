"""Blocks of postings: which chunks of an owner have a term, how often, and at which positions.

A block is two byte strings: `entries`, eight bytes a chunk, and `positions`, two bytes for each time that the term
stands in a chunk, chunk after chunk. Both are read without decoding, and both grow by appending. A row for each term
and chunk took 25 times as long to search (tests/bench/retrieval.py).
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from struct import Struct
from sys import byteorder

import numpy as np
from numpy.typing import NDArray

from domain.retrieval.terms import Terms

MOST_IN_BLOCK = 512
"""More make a search faster and the appending of one chunk slower: measured between 128 and 1024."""
HIGHEST = 2**16 - 1

ENTRY = np.dtype([("number", "<u4"), ("length", "<u2"), ("times", "<u2")])
_PACK = Struct("<IHH").pack

Entries = NDArray[np.void]
Numbers = NDArray[np.int64]


@dataclass(slots=True)
class Block:
    """What is appended to a term's postings; `first` and `last` are the lowest and highest chunk in it."""

    first: int
    last: int
    entries: list[bytes] = field(default_factory=list)
    positions: list[bytes] = field(default_factory=list)


def packed(first: int, chunks: Sequence[Terms]) -> dict[str, Block]:
    """For each term of these chunks, which are numbered from `first` on, what is to be appended."""
    blocks: dict[str, Block] = {}
    for number, chunk in enumerate(chunks, first):
        length = min(chunk.length, HIGHEST)
        for term, places in chunk.positions.items():
            block = blocks.get(term)
            if block is None:
                block = blocks[term] = Block(number, number)
            block.last = number
            places = places[:HIGHEST]
            block.entries.append(_PACK(number, length, len(places)))
            block.positions.append(_two_bytes_each(places))
    return blocks


def split(block: Block, room: int) -> Iterator[Block]:
    """The block in pieces: the first has room for so many chunks, the others for MOST_IN_BLOCK."""
    start, end = 0, room
    while start < len(block.entries):
        if start < end:
            entries = block.entries[start:end]
            first, last = (int(np.frombuffer(entry, ENTRY)["number"][0]) for entry in (entries[0], entries[-1]))
            yield Block(first, last, entries, block.positions[start:end])
        start, end = end, end + MOST_IN_BLOCK


def entries_in(blobs: Iterable[bytes]) -> Entries:
    return np.frombuffer(b"".join(blobs), ENTRY)


def positions_in(blobs: Iterable[bytes]) -> NDArray[np.uint16]:
    return np.frombuffer(b"".join(blobs), "<u2")


def without(entries: bytes, positions: bytes, first: int, last: int) -> tuple[int, bytes, bytes]:
    """A block without the chunks from `first` to `last`, and how many are left."""
    parsed = entries_in([entries])
    kept = (parsed["number"] < first) | (parsed["number"] > last)
    kept_positions = positions_in([positions])[np.repeat(kept, parsed["times"])]
    return int(kept.sum()), parsed[kept].tobytes(), kept_positions.tobytes()


def _two_bytes_each(places: Sequence[int]) -> bytes:
    numbers = array("H", places)
    if byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
