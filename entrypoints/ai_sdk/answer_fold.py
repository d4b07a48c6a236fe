"""An answer as the chunks of a UI message stream: a pure fold over a run's events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.citation import Citation, SourceCited, SourcesChecked
from domain.conversation import MessageId, Part, Reasoning, Text, ToolCall, ToolResult
from domain.run import AnswerReset, ReasoningDelta, RunEvent, RunFinished, RunStatus, TextDelta
from domain.step import ApprovalRequested, StepFinished, ToolFinished
from domain.tool import ToolCallDelta, call_of
from entrypoints.ai_sdk.ids import ui_call_id, ui_part_id
from entrypoints.ai_sdk.sources import source_document
from entrypoints.ai_sdk.values import output_of, parsed
from entrypoints.http.sources import source_object

Chunk = dict[str, Any]

FINISH_REASONS = {
    "stop": "stop",
    "end_turn": "stop",
    "length": "length",
    "content_filter": "content-filter",
    "refusal": "content-filter",
    "tool_calls": "tool-calls",
}
NOT_JSON = "The model wrote arguments that are not JSON"
START_STEP, FINISH_STEP, RESET_STEP = {"type": "start-step"}, {"type": "finish-step"}, {"type": "reset-step"}


@dataclass(slots=True)
class Open:
    """A text or a thought that is being written; the client hears of it with its first word."""

    kind: str
    id: str
    shown: bool = False


class AnswerFold:
    """The chunks of the answer `message`, from its first step to its last.

    A step ends where something follows results of tools. When the answer begins anew, the client drops the step that is
    being written; what earlier steps said is never taken back. `server_tools` are those that Parley runs itself.
    """

    def __init__(self, message: MessageId, server_tools: Iterable[str] = ()) -> None:
        self._message = message
        self._server_tools = frozenset(server_tools)
        self._out: list[Chunk] = []
        self._open: Open | None = None
        self._calls: dict[int, list[ToolCallDelta]] = {}
        self._given: set[int] = set()
        self._said = self._settled = 0
        self._told = self._torn = False

    def feed(self, events: Iterable[RunEvent]) -> list[Chunk]:
        """What these events come to."""
        for event in events:
            self._feed(event)
        out, self._out = self._out, []
        return out

    def say(self, parts: Iterable[Part]) -> list[Chunk]:
        """What these parts come to, each of them whole."""
        for part in parts:
            self._say(part)
        return self.feed(())

    def _feed(self, event: RunEvent) -> None:
        match event:
            case TextDelta(text):
                self._write("text", text)
            case ReasoningDelta(text, state):
                self._write("reasoning", text)
                if state:
                    self._close()
            case ToolCallDelta():
                self._call(event)
            case StepFinished():
                self._give_calls()
                self._settle()
            case ToolFinished(call_id, content, is_error):
                self._tell(call_id, content, is_error=is_error)
            case ApprovalRequested(call_id, approval_id):
                self._emit("tool-approval-request", approvalId=str(approval_id), toolCallId=self._wire(call_id))
            case SourceCited(citation):
                self._cite(citation)
            case SourcesChecked(citations):
                sources = [source_object(citation) for citation in citations]
                self._emit("message-metadata", messageMetadata={"sources": sources})
            case AnswerReset(parts):
                self._begin_anew(parts)
            case RunFinished():
                self._end(event)
            case _:
                self._close()

    def _write(self, kind: str, text: str) -> None:
        if self._open is None or self._open.kind != kind:
            self._close()
            self._open = Open(kind, ui_part_id(self._message, self._said))
            self._said += 1
        if not text:
            return
        if not self._open.shown:
            self._next_part()
            self._open.shown = True
            self._emit(f"{kind}-start", id=self._open.id)
        self._emit(f"{kind}-delta", id=self._open.id, delta=text)

    def _cite(self, citation: Citation) -> None:
        """A part of the page's message, beside the text that goes on."""
        self._next_part()
        self._out.append(source_document(self._message, citation))

    def _close(self) -> None:
        open, self._open = self._open, None
        if open and open.shown:
            self._emit(f"{open.kind}-end", id=open.id)

    def _settle(self) -> None:
        self._settled, self._torn = self._said, False

    def _next_part(self) -> None:
        self._torn = True
        if self._told:
            self._told = False
            self._out += [FINISH_STEP, START_STEP]

    def _call(self, piece: ToolCallDelta) -> None:
        """Calls may be written side by side: they are given whole when the model has said that it is done."""
        self._close()
        if piece.index not in self._calls:
            self._calls[piece.index] = []
            self._said += 1
            self._next_part()
            self._emit("tool-input-start", **self._named(piece.id, piece.name))
        self._calls[piece.index].append(piece)
        if piece.arguments:
            call_id = self._wire(self._calls[piece.index][0].id)
            self._emit("tool-input-delta", toolCallId=call_id, inputTextDelta=piece.arguments)

    def _give_calls(self) -> None:
        self._close()
        for index, pieces in self._calls.items():
            if index not in self._given:
                self._given.add(index)
                self._give(call_of(pieces))

    def _give(self, call: ToolCall) -> None:
        named = self._named(call.id, call.name)
        try:
            self._emit("tool-input-available", **named, input=parsed(call.arguments))
        except ValueError:
            self._emit("tool-input-error", **named, input=call.arguments, errorText=NOT_JSON)

    def _tell(self, call_id: str, content: str, *, is_error: bool = False) -> None:
        self._give_calls()
        self._said += 1
        self._settle()
        self._told = True
        if is_error:
            self._emit("tool-output-error", toolCallId=self._wire(call_id), errorText=content)
        else:
            self._emit("tool-output-available", toolCallId=self._wire(call_id), output=output_of(content))

    def _begin_anew(self, parts: tuple[Part, ...]) -> None:
        if self._torn:
            self._out.append(RESET_STEP)
        self._open, self._calls, self._given = None, {}, set()
        self._said, self._torn = self._settled, False
        for part in parts[self._settled :]:
            self._say(part)

    def _say(self, part: Part) -> None:
        match part:
            case Text(text):
                self._write("text", text)
                for citation in part.citations:
                    self._cite(citation)
            case Reasoning(text):
                self._write("reasoning", text)
            case ToolCall():
                self._said += 1
                self._next_part()
                self._give(part)
            case ToolResult(call_id, content):
                self._tell(call_id, content)
            case _:
                self._said += 1
        self._close()

    def _end(self, outcome: RunFinished) -> None:
        if outcome.status is RunStatus.COMPLETED:
            self._give_calls()
        self._close()
        if outcome.problem:
            self._emit("error", errorText=outcome.problem.message)
        elif outcome.status is RunStatus.CANCELLED:
            self._out += [FINISH_STEP, {"type": "abort", "reason": "stopped"}]
        else:
            self._out.append(FINISH_STEP)
            self._emit("finish", finishReason=FINISH_REASONS.get(outcome.finish_reason or "", "other"))

    def _named(self, id: str, name: str) -> Chunk:
        ours = {"providerExecuted": True} if name in self._server_tools else {}
        return {"toolCallId": self._wire(id), "toolName": name, **ours}

    def _wire(self, call_id: str) -> str:
        return ui_call_id(self._message, call_id)

    def _emit(self, type: str, **fields: Any) -> None:
        self._out.append({"type": type, **fields})
