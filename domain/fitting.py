"""What of a conversation a model can be shown. The rest is left out, and named: a switch never goes unnoticed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from domain.catalogue import ModelInfo
from domain.conversation import (
    Image,
    Part,
    PromptMessage,
    ProviderState,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)

UNSEEN = "[a picture, which this model cannot see]"


@dataclass(slots=True)
class Fitting:
    """The messages as the model `provider`:`model` can be shown them. `dropped` names what that left out, each once:
    `reasoning`, `provider_state` (of calls and texts), `images`, `tools` (calls and results are then told in words)."""

    provider: str
    model: str
    info: ModelInfo
    dropped: dict[str, None] = field(default_factory=dict)

    def __call__(self, messages: Sequence[PromptMessage]) -> tuple[PromptMessage, ...]:
        return tuple(fitted for message in messages if (fitted := self._fitted(message)) is not None)

    def _fitted(self, message: PromptMessage) -> PromptMessage | None:
        """The message itself where nothing changes; None when nothing is left of it."""
        parts = tuple(self._parts(message.parts))
        if len(parts) == len(message.parts) and all(a is b for a, b in zip(parts, message.parts, strict=True)):
            return message
        role = Role.USER if message.role is Role.TOOL and self.info.tools is False else message.role
        return PromptMessage(role, parts) if parts else None

    def _parts(self, parts: Iterable[Part]) -> Iterator[Part]:
        for part in parts:
            if (fitted := self._part(part)) is not None:
                yield fitted

    def _part(self, part: Part) -> Part | None:
        state = part.provider_state
        if state is not None and not self._is_own(state):
            self._note("reasoning" if isinstance(part, Reasoning) else "provider_state")
            if isinstance(part, Reasoning):
                return None
            part = replace(part, provider_state=None)
        if isinstance(part, Image) and self.info.images is False:
            self._note("images")
            return Text(UNSEEN)
        if isinstance(part, (ToolCall, ToolResult)) and self.info.tools is False:
            self._note("tools")
            return Text(_in_words(part))
        return part

    def _is_own(self, state: ProviderState) -> bool:
        return (state.provider, state.model) == (self.provider, self.model)

    def _note(self, name: str) -> None:
        self.dropped[name] = None


def _in_words(part: ToolCall | ToolResult) -> str:
    if isinstance(part, ToolCall):
        return f"\n[called the tool {part.name} with {part.arguments or '{}'}]\n"
    return f"[the tool said: {part.content}]"
