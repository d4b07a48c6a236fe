"""What a model says on its way to the log: sources are announced before they are cited, unknown ones never are."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.citation import SourceCited
from domain.retrieval.citation_filter import CitationFilter, Cited
from domain.retrieval.citations import announced
from domain.retrieval.not_found import MarkerFilter, not_found
from domain.retrieval.passage import Source
from domain.retrieval.terms import Stem
from domain.run import AnswerReset, ReasoningDelta, RunEvent, TextDelta
from domain.tool import ToolCallDelta

Append = Callable[[Sequence[RunEvent]], None]


class CitedAnswer:
    """Hand it what the model says; `append` gets that with SourceCited before each first mark, and no unknown marks.

    `sources` are known by the number that the model writes, and shown under their own. Those `cited` were announced
    before. With `may_find_nothing` an answer that begins with the marker becomes the sentence that says so.
    """

    def __init__(
        self,
        append: Append,
        sources: Mapping[int, Source],
        question: str,
        stem: Stem,
        *,
        cited: Iterable[int] = (),
        may_find_nothing: bool = True,
    ) -> None:
        self._append = append
        self._by_number = {source.number: source for source in sources.values()}
        self._shown = {written: source.number for written, source in sources.items()}
        self._question = question
        self._stem = stem
        self._cited = frozenset(cited)
        self._may_find_nothing = may_find_nothing
        self.has_cited = False
        self._begin()

    def __call__(self, events: Sequence[RunEvent]) -> None:
        out: list[RunEvent] = []
        for event in events:
            match event:
                case TextDelta(text):
                    out += self._told(text)
                case AnswerReset():
                    self._begin()
                    out.append(event)
                case ReasoningDelta() | ToolCallDelta():
                    out += [*self._rest(), event]
                case _:
                    out.append(event)
        if out:
            self._append(out)

    def finish(self) -> None:
        """Hand on what was held back; the model says no more."""
        if rest := self._rest():
            self._append(rest)

    def _begin(self) -> None:
        self._marks = CitationFilter(self._shown, cited=self._cited)
        self._marker = MarkerFilter()

    def _told(self, text: str) -> list[RunEvent]:
        if not self._may_find_nothing:
            return self._events(self._marks.feed(text))
        was_unsupported = self._marker.is_unsupported
        shown = self._marker.feed(text)
        if self._marker.is_unsupported:
            return [] if was_unsupported else [TextDelta(not_found(self._question))]
        return self._events(self._marks.feed(shown))

    def _rest(self) -> list[RunEvent]:
        pieces = self._marks.feed(self._marker.finish()) + self._marks.finish()
        return self._events(pieces)

    def _events(self, pieces: Iterable[str | Cited]) -> list[RunEvent]:
        out: list[RunEvent] = []
        for piece in pieces:
            if isinstance(piece, Cited):
                self.has_cited = True
                out.append(SourceCited(announced(self._by_number[piece.number], self._question, self._stem)))
            elif piece:
                out.append(TextDelta(piece))
        return out
