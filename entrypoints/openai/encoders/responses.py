"""The events of a response: a pure fold over a run's log from its first event.

The log alone decides the events and their numbers, so every reader and every replay sees the same, from 0 without a
gap. Where the answer is begun anew (AnswerReset) the items so far are closed as incomplete, and what follows are new
items that go on counting `output_index`; the output of the ended response has only the items since then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.citation import Citation, SourceCited, SourcesChecked
from domain.conversation import Part, Reasoning, Text, ToolCall, ToolResult
from domain.run import AnswerReset, Problem, ReasoningDelta, RunEvent, RunFinished, RunStatus, TextDelta
from domain.step import ApprovalRequested, StepFinished, ToolFinished, ToolStarted
from domain.tool import ToolCallDelta
from entrypoints.openai.encoders.items import (
    Item,
    approval_item,
    call_item,
    file_citation,
    file_search_item,
    message_item,
    output_text,
    place_of,
    reasoning_item,
    reasoning_text,
    refusal,
    run_here_item,
)
from entrypoints.openai.encoders.response import Heading, begun, ended, final_status
from entrypoints.openai.ids import item_id

WireEvent = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class OpenItem:
    """An item that is being written: a text, a thought or a call."""

    id: str
    index: int
    type: str
    call: ToolCallDelta | None = None
    pieces: list[str] = field(default_factory=list)
    cited: dict[int, Item] = field(default_factory=dict)

    @property
    def is_search(self) -> bool:
        return self.type == "file_search_call"

    def as_item(self, status: str, *content: Item, output: str | None = None, shows_results: bool = False) -> Item:
        """An item of text with this content, or the call with all that was written of its arguments."""
        if self.type == "file_search_call":
            said = "".join(self.pieces)
            return file_search_item(self.id, status, arguments=said, output=output, shows_results=shows_results)
        if self.call and self.type == "mcp_call":
            said = "".join(self.pieces)
            return run_here_item(self.id, status, name=self.call.name, arguments=said, output=output)
        if self.call:
            call = {"call_id": self.call.id, "name": self.call.name}
            return call_item(self.id, status, arguments="".join(self.pieces), **call)
        return (message_item if self.type == "message" else reasoning_item)(self.id, status, *content)


class ResponseFold:
    """Feed it the log from its first event. Events numbered up to `after` are counted, not made."""

    def __init__(self, heading: Heading, *, after: int = -1) -> None:
        self.heading = heading
        self.next_number = 0
        self.ended = False
        self._after = after
        self._attempt = 0
        self._index = 0
        self._counts: dict[str, int] = {}
        self._text: OpenItem | None = None
        self._calls: dict[int, OpenItem] = {}
        self._run_here: dict[str, OpenItem] = {}
        self._done: list[tuple[int, Item]] = []
        self._out: list[WireEvent] = []

    def open(self) -> list[WireEvent]:
        """What comes before the first event of the log."""
        first = "queued" if self.heading.background else "in_progress"
        self._lifecycle("response.created", first)
        if self.heading.background:
            self._lifecycle("response.queued", first)
        self._lifecycle("response.in_progress", "in_progress")
        return self._taken()

    def feed(self, events: Iterable[RunEvent]) -> list[WireEvent]:
        """What these events of the log come to."""
        for event in events:
            self._feed(event)
        return self._taken()

    def skip_to(self, number: int) -> None:
        """Go on with this number: the reader has seen what the log no longer has."""
        self.next_number = max(self.next_number, number)

    def _feed(self, event: RunEvent) -> None:
        match event:
            case TextDelta(text):
                self._say("message", text)
            case ReasoningDelta(text, state):
                self._think(text, ends=state is not None)
            case ToolCallDelta():
                self._call(event)
            case StepFinished():
                self._close_text("completed")
            case ToolStarted(call_id):
                item = self._run_here[call_id]
                self._emit(f"response.{item.type}.{'searching' if item.is_search else 'in_progress'}", item)
            case ToolFinished(call_id, content, is_error):
                self._tell(call_id, content, is_error=is_error)
            case ApprovalRequested():
                self._ask(event)
            case SourceCited(citation):
                self._cite(citation)
            case SourcesChecked(citations):
                self._check(citations)
            case AnswerReset():
                self._begin_anew(event)
            case RunFinished():
                self._end(event)

    def _say(self, type: str, text: str) -> None:
        item = self._text
        if item is None or item.type != type:
            self._close_text("completed")
            item = self._text = self._open_item(type)
            part = output_text("") if type == "message" else reasoning_text("")
            self._emit("response.content_part.added", item, content_index=0, part=part)
        item.pieces.append(text)
        if not text:
            return
        if type == "message":
            self._emit("response.output_text.delta", item, content_index=0, delta=text, logprobs=[])
        else:
            self._emit("response.reasoning_text.delta", item, content_index=0, delta=text)

    def _think(self, text: str, *, ends: bool) -> None:
        self._say("reasoning", text)
        if ends:
            self._close_text("completed")

    def _cite(self, citation: Citation, index: int | None = None) -> None:
        """The number comes next, or stands at `index`."""
        self._say("message", "")
        if (item := self._text) is None:
            return
        place = sum(map(len, item.pieces)) if index is None else index
        annotation = item.cited[citation.number] = file_citation(citation, place)
        number = len(item.cited) - 1
        added = {"content_index": 0, "annotation_index": number, "annotation": annotation}
        self._emit("response.output_text.annotation.added", item, **added)

    def _check(self, citations: Iterable[Citation]) -> None:
        """The words that bear the answer out are known at its end, and are told with the whole text."""
        cited = self._text.cited if self._text else {}
        for citation in citations:
            if old := cited.get(citation.number):
                cited[citation.number] = file_citation(citation, old["index"])

    def _call(self, piece: ToolCallDelta) -> None:
        """Calls may be written side by side: they stay open to the end."""
        self._close_text("completed")
        if (item := self._calls.get(piece.index)) is None:
            kind = self.heading.kind_of(piece.name)
            item = self._calls[piece.index] = self._open_item(kind, piece)
            if kind != "function_call":
                self._run_here[piece.id] = item
            if item.is_search:
                self._emit("response.file_search_call.in_progress", item)
        if piece.arguments:
            item.pieces.append(piece.arguments)
        if piece.arguments and not item.is_search:
            self._emit(f"response.{item.type}_arguments.delta", item, delta=piece.arguments)

    def _tell(self, call_id: str, content: str, *, is_error: bool = False) -> None:
        """What came of a call that was carried out here."""
        item = self._run_here.pop(call_id)
        self._calls = {index: call for index, call in self._calls.items() if call is not item}
        if item.is_search:
            self._emit("response.file_search_call.completed", item)
        else:
            self._emit("response.mcp_call_arguments.done", item, arguments="".join(item.pieces))
            self._emit(f"response.mcp_call.{'failed' if is_error else 'completed'}", item)
        self._close_item(item, item.as_item("completed", output=content, shows_results=self.heading.shows_results))

    def _ask(self, question: ApprovalRequested) -> None:
        """A question to a person is an item that is whole at once."""
        asked = self._run_here[question.call_id]
        name = asked.call.name if asked.call else ""
        call = ToolCall(question.call_id, name, "".join(asked.pieces))
        document = approval_item(question.approval_id, call, question.reason.value)
        item = OpenItem(id=document["id"], index=self._index, type=document["type"])
        self._index += 1
        self._item_event("response.output_item.added", item, {**document, "status": "in_progress"})
        self._close_item(item, document)

    def _begin_anew(self, reset: AnswerReset) -> None:
        if self._text or self._calls or self._done:
            self._close_all("incomplete")
            self._attempt += 1
            self._done, self._counts, self._calls, self._run_here = [], {}, {}, {}
        parts: tuple[Part, ...] = reset.parts
        for number, part in enumerate(parts):
            match part:
                case Text(text):
                    self._say("message", text)
                    for citation in part.citations:
                        self._cite(citation, place_of(citation, text))
                case Reasoning(text, state):
                    self._think(text, ends=state is not None)
                case ToolCall():
                    self._call(ToolCallDelta(number, part.id, part.name, part.arguments))
                case ToolResult(call_id, content) if call_id in self._run_here:
                    self._tell(call_id, content)

    def _end(self, outcome: RunFinished) -> None:
        self._close_all("completed" if outcome.status is RunStatus.COMPLETED else "incomplete", refused=outcome.refused)
        status = final_status(outcome)
        if status == "failed":
            self._error(outcome.problem)
        self.ended = True
        output = [item for _, item in sorted(self._done, key=lambda done: done[0])]
        name = "incomplete" if status == "cancelled" else status
        self._number({"type": f"response.{name}", "response": ended(self.heading, outcome, output)})

    def _error(self, problem: Problem | None) -> None:
        """Once as OpenAI's clients declare the event, and once as its servers send it, which those raise."""
        code, message = (problem.code, problem.message) if problem else ("server_error", "The response failed")
        said = {"code": code, "message": message, "param": None}
        self._number({"type": "error", **said, "error": {"type": "server_error", **said}})

    def _open_item(self, type: str, call: ToolCallDelta | None = None) -> OpenItem:
        place = self._counts.get(type, 0)
        self._counts[type] = place + 1
        id = item_id(type, self.heading.key, place, self._attempt)
        item = OpenItem(id=id, index=self._index, type=type, call=call)
        self._index += 1
        self._item_event("response.output_item.added", item, item.as_item("in_progress"))
        return item

    def _close_all(self, status: str, *, refused: bool = False) -> None:
        self._close_text(status, refused=refused)
        for item in self._calls.values():
            arguments = "".join(item.pieces)
            name = item.call.name if item.call else ""
            more = {} if item.type == "mcp_call" else {"name": name}
            if not item.is_search:
                self._emit(f"response.{item.type}_arguments.done", item, **more, arguments=arguments)
            self._close_item(item, item.as_item(status))
        self._calls = {}

    def _close_text(self, status: str, *, refused: bool = False) -> None:
        """That the text is a refusal is known only now: its deltas were the text's."""
        item, self._text = self._text, None
        if item is None:
            return
        text = "".join(item.pieces)
        if item.type == "reasoning":
            part = reasoning_text(text)
            self._emit("response.reasoning_text.done", item, content_index=0, text=text)
        elif refused:
            part = refusal(text)
            self._emit("response.refusal.done", item, content_index=0, refusal=text)
        else:
            part = output_text(text, item.cited.values())
            self._emit("response.output_text.done", item, content_index=0, text=text, logprobs=[])
        self._emit("response.content_part.done", item, content_index=0, part=part)
        self._close_item(item, item.as_item(status, part))

    def _close_item(self, item: OpenItem, done: Item) -> None:
        self._done.append((item.index, done))
        self._item_event("response.output_item.done", item, done)

    def _lifecycle(self, type: str, status: str) -> None:
        self._number({"type": type, "response": begun(self.heading, status)})

    def _item_event(self, type: str, item: OpenItem, document: Item) -> None:
        self._number({"type": type, "output_index": item.index, "item": document})

    def _emit(self, type: str, item: OpenItem, **more: Any) -> None:
        self._number({"type": type, "item_id": item.id, "output_index": item.index, **more})

    def _number(self, event: WireEvent) -> None:
        if self.next_number > self._after:
            self._out.append({**event, "sequence_number": self.next_number})
        self.next_number += 1

    def _taken(self) -> list[WireEvent]:
        out, self._out = self._out, []
        return out
