"""Stream a chat completion and store nothing."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from application.chat.answer_statelessly import AnswerStatelessly, OpenedAnswer
from application.chat_router import ChatCall, ChatRouter
from domain.errors import ProviderAnswerInvalid, ProviderFailure


@dataclass(frozen=True, slots=True)
class OpenedRelay:
    """The provider's own events: the first have arrived. Close it: that closes the provider's connection.

    `rest` goes on where `first` ends, and raises ProviderFailure.
    """

    first: bytes
    rest: AsyncGenerator[bytes, None]

    async def aclose(self) -> None:
        await self.rest.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChat:
    router: ChatRouter
    answer: AnswerStatelessly

    async def __call__(self, call: ChatCall) -> OpenedAnswer | OpenedRelay:
        """Wait for the first event, so that every refusal is raised before the first byte is sent.

        Raise InvalidInput for what the model cannot do, and ProviderFailure. When cancelled while waiting, the
        provider's connection is closed.
        """
        relay, name = self.router.relay_for(call)
        if relay is None:
            return await self.answer(replace(call.neutral(), charge=call.charge))
        events = relay.stream(call.body, model=name, charge=call.charge)
        try:
            first = await anext(events, None)
        except ProviderFailure as failure:
            return await self.answer(self.router.instead(call, failure))
        if first is None:
            raise ProviderAnswerInvalid(call.model, "the stream was empty")
        return OpenedRelay(first, events)
