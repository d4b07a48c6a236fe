"""From a span to a chunk: trimmed, with its pages and the headings above it."""

from bisect import bisect_right
from dataclasses import dataclass, field

from domain.knowledge import Chunk, ChunkKind
from domain.reading import Reading, Section, Span


@dataclass(frozen=True, slots=True)
class Finisher:
    """Knows where in its reading everything stands."""

    reading: Reading
    sections: list[Section] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", self.reading.sections())

    def finished(self, span: Span, kind: ChunkKind | None = None, prefix: str = "") -> list[Chunk]:
        """The chunk without the blanks at its ends; none when there is nothing else."""
        text = self.reading.text[span.start : span.end]
        start = span.end - len(text.lstrip())
        text = text.strip()
        if not text:
            return []
        end = start + len(text)
        first_page, last_page = self.reading.pages_of(start, end) or (None, None)
        chunk = Chunk(
            start=start,
            end=end,
            text=text,
            kind=kind or self._kind(start, end),
            prefix=prefix,
            heading_path=self._path(start, end),
            first_page=first_page,
            last_page=last_page,
        )
        return [chunk]

    def _kind(self, start: int, end: int) -> ChunkKind:
        """Code when there is nothing but code."""
        code = self.reading.code
        at = bisect_right(code, start, key=_start_of) - 1
        return ChunkKind.CODE if at >= 0 and code[at].end >= end else ChunkKind.TEXT

    def _path(self, start: int, end: int) -> tuple[str, ...]:
        """Of the section that most of it stands in."""
        at = max(0, bisect_right(self.sections, start, key=_start_of) - 1)
        longest, path = 0, tuple[str, ...]()
        while at < len(self.sections) and (section := self.sections[at]).start < end:
            inside = min(end, section.end) - max(start, section.start)
            if inside > longest:
                longest, path = inside, section.path
            at += 1
        return path


def _start_of(span: Span) -> int:
    return span.start
