"""The calls of an agent's steps are numbered through, and no two have one id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from domain.conversation import ToolCall
from domain.journal import Journal
from domain.run import AnswerReset, RunEvent
from domain.tool import ToolCallDelta


@dataclass(slots=True)
class CallNumbers:
    """Number the calls of a step on from those before it; give a call whose id was used before one of its own."""

    append: Callable[[Sequence[RunEvent]], None]
    journal: Journal
    calls: list[ToolCall] = field(init=False)
    _ids: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = [part for part in self.journal.parts if isinstance(part, ToolCall)]

    def __call__(self, events: Sequence[RunEvent]) -> None:
        self.append([self._placed(event) for event in events])

    def _placed(self, event: RunEvent) -> RunEvent:
        if isinstance(event, AnswerReset):  # the step begins anew, behind the steps that are settled
            self._ids.clear()
            return AnswerReset(self.journal.parts)
        return self._numbered(event) if isinstance(event, ToolCallDelta) else event

    def _numbered(self, piece: ToolCallDelta) -> ToolCallDelta:
        if piece.id and piece.index not in self._ids:
            taken = {call.id for call in self.calls} | set(self._ids.values())
            fresh = f"{piece.id}_{len(self.calls) + piece.index}" if piece.id in taken else piece.id
            self._ids[piece.index] = fresh
            piece = replace(piece, id=fresh)
        return replace(piece, index=len(self.calls) + piece.index)
