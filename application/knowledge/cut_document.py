"""Cut a text into chunks, in a thread: that of a long book takes seconds."""

import asyncio
from dataclasses import dataclass

from application.knowledge.embed_chunks import EmbedChunks
from application.knowledge.own_run import OwnRun
from domain.chunking.chunks import chunks_of, sentences_to_embed
from domain.chunking.settings import ChunkSettings, Strategy
from domain.knowledge import Chunk
from domain.reading import Reading
from domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDocument:
    embed: EmbedChunks

    async def __call__(self, own: OwnRun, settings: ChunkSettings, reading: Reading) -> tuple[list[Chunk], list[Usage]]:
        """The chunks, and what vectors for the strategy that needs them cost. Raise ProviderFailure."""
        if settings.strategy is not Strategy.SEMANTIC:
            return await asyncio.to_thread(chunks_of, reading, settings), []
        pieces = await asyncio.to_thread(sentences_to_embed, reading, settings)
        vectors, usages = await self.embed.all_of(own, [reading.text[piece.start : piece.end] for piece in pieces])
        return await asyncio.to_thread(chunks_of, reading, settings, vectors), usages
