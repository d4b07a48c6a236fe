"""What people asked, what they were told, and which events they were shown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Outcome = Literal["acknowledged", "refused", "unknown"]


class Shown(NamedTuple):
    """An event as any dialect tells it: `text`, `reset` or `end`, and its words or how it ended."""

    kind: str
    words: str


@dataclass(slots=True, eq=False)
class Ask:
    """One question, unlike any other, to a model of its own name; acknowledged once anything named its run."""

    text: str
    model: str
    key: str | None = None
    outcome: Outcome = "unknown"
    run_id: int | None = None
    tries: int = 0

    @property
    def body(self) -> dict[str, Any]:
        return {"message": self.text, "model": self.model}


@dataclass(slots=True, eq=False)
class History:
    asks: list[Ask] = field(default_factory=list)
    again: dict[str, str] = field(default_factory=dict)
    shown: dict[int, dict[int, Shown]] = field(default_factory=dict)
    responses: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_refusal: float = 0.0

    def ask(self, text: str, *, keyed: bool = False) -> Ask:
        model = f"model-{len(self.asks)}"
        self.asks.append(Ask(text, model, f"key of {model}".replace(" ", "-") if keyed else None))
        return self.asks[-1]

    def ask_again(self, text: str) -> str:
        """The model that is to answer a question that was asked before."""
        model = f"another-{len(self.again)}"
        self.again[model] = text
        return model

    def acknowledge(self, ask: Ask, run_id: int) -> None:
        """The question has this run; a question that was asked again with its key must have the same."""
        if ask.run_id not in (None, run_id):
            self.wrong.append(f"the key {ask.key} of {ask.text[:20]!r} has two runs: {ask.run_id} and {run_id}")
        ask.outcome, ask.run_id = "acknowledged", run_id

    def refuse(self, ask: Ask) -> None:
        """It was said for sure that nothing was stored; for a question that was tried before nothing is sure."""
        if ask.tries == 1 and ask.outcome == "unknown":
            ask.outcome = "refused"

    def show(self, run_id: int, number: int, event: Shown, *, after: int) -> None:
        """Everybody is shown the same event under a number, and no number is left out."""
        if number != after + 1:
            self.wrong.append(f"run {run_id} showed event {number} after event {after}")
        known = self.shown.setdefault(run_id, {}).setdefault(number, event)
        if known != event:
            self.wrong.append(f"event {number} of run {run_id} was {known} to one and {event} to another")

    def show_response(self, run_id: int, event: dict[str, Any], *, after: int) -> None:
        """The same of an event of /v1/responses, which has numbers of its own."""
        number = event["sequence_number"]
        if number != after + 1:
            self.wrong.append(f"response {run_id} showed event {number} after event {after}")
        known = self.responses.setdefault(run_id, {}).setdefault(number, event)
        if known != event:
            self.wrong.append(f"event {number} of response {run_id} was {known} to one and {event} to another")

    @property
    def acknowledged(self) -> Iterator[Ask]:
        return (ask for ask in self.asks if ask.outcome == "acknowledged")

    @property
    def runs(self) -> set[int]:
        """Every run that anybody was told of."""
        return {ask.run_id for ask in self.acknowledged if ask.run_id} | set(self.shown)


def shown_in_line(line: dict[str, Any]) -> Shown:
    """A line of /chat/stream, or a frame of /ws/chat."""
    kind = line.get("type")
    if "token" in line or kind in ("token", "reset"):
        words = line["token"] if "token" in line else line["content"]
        return Shown("reset" if kind == "reset" or line.get("reset") else "text", words)
    problem = line if kind == "error" else line.get("error")
    return Shown("end", problem["code"] if problem else line.get("status", "completed"))


def shown_in_event(event: dict[str, Any]) -> Shown:
    """An event of /runs/{id}/events."""
    if event["type"] == "run_finished":
        return Shown("end", event["problem"]["code"] if event["problem"] else event["status"])
    return Shown("reset" if event["type"] == "answer_reset" else "text", event["text"])
