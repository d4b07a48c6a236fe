"""Give a chat completion whole and store nothing."""

from dataclasses import dataclass, replace

from application.chat.whole_answer import WholeAnswer, whole_answer
from application.chat_router import ChatCall, ChatRouter
from application.ports.language_model import LanguageModel
from domain.errors import ProviderFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteChat:
    router: ChatRouter
    model: LanguageModel

    async def __call__(self, call: ChatCall) -> WholeAnswer | bytes:
        """The answer, or the provider's own JSON document where it speaks OpenAI's words itself.

        Raise InvalidInput for what the model cannot do, and ProviderFailure. When cancelled, the provider's connection
        is closed first.
        """
        relay, name = self.router.relay_for(call)
        if relay is None:
            return await whole_answer(self.model, replace(call.neutral(), charge=call.charge))
        try:
            return await relay.whole(call.body, model=name, charge=call.charge)
        except ProviderFailure as failure:
            return await whole_answer(self.model, self.router.instead(call, failure))
