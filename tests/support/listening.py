"""Ask a language model, and keep everything that it says."""

from contextlib import aclosing

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.conversation import PromptMessage, Role, Text, ToolCall
from domain.errors import ProviderFailure
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta, calls_of


class Heard:
    """The batches of a stream, and the failure that ended it, if one did."""

    def __init__(self) -> None:
        self.batches: list[list[ModelEvent]] = []
        self.failure: ProviderFailure | None = None

    @property
    def events(self) -> list[ModelEvent]:
        return [event for batch in self.batches for event in batch]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, ReasoningDelta))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return calls_of(event for event in self.events if isinstance(event, ToolCallDelta))

    @property
    def finished(self) -> ModelFinished | None:
        """The proof that the answer is whole: there is one at most, and nothing after it."""
        endings = [event for event in self.events if isinstance(event, ModelFinished)]
        assert len(endings) <= 1
        assert not endings or self.events[-1] is endings[0]
        return endings[0] if endings else None


def question(text: str, model: str = "scripted") -> ModelRequest:
    return ModelRequest(model=model, messages=(PromptMessage(Role.USER, (Text(text),)),))


async def hear(model: LanguageModel, request: ModelRequest) -> Heard:
    heard = Heard()
    try:
        async with aclosing(model.stream(request)) as batches:
            async for batch in batches:
                assert batch, "a batch is never empty"
                heard.batches.append(batch)
    except ProviderFailure as failure:
        heard.failure = failure
    return heard
