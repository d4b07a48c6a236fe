"""What responses need of the stored turns: to take one, and to read what was asked and answered."""

from application.chat.take_turn import NextTurn
from domain.access import Principal
from domain.conversation import ConversationId, Message, MessageId, Part
from domain.errors import naming
from domain.idempotency import IdempotencyKey
from domain.prompt import given_together
from domain.run import Run, RunId
from entrypoints.container import Container
from entrypoints.openai.file_search import check_search
from entrypoints.openai.ids import conversation_id_of, run_id_of
from entrypoints.openai.references import given_messages, has_references
from entrypoints.openai.response_schemas import CompactBody, ResponseBody
from entrypoints.openai.response_settings import settings_of

MOST_INPUT = 1000
"""So many messages one request can give."""


async def take_turn(services: Container, caller: Principal, body: ResponseBody, key: IdempotencyKey | None) -> Run:
    """The run that writes the response. Raise InvalidInput, NotFound (of what it names), ReplyInProgress."""
    previous, conversation = _goes_on_from(body)
    settings = settings_of(body)
    await check_search(services, caller, settings)
    earlier = await earlier_of(services, caller, body) if has_references(body.input) else []
    turn = NextTurn(
        input=await given_messages(services, caller, body.input, earlier=earlier),
        conversation_id=conversation,
        previous_run_id=previous,
        model=body.model,
        settings=settings,
        key=key,
    )
    return await services.take_turn()(caller, turn)


async def answer_of(services: Container, caller: Principal, run: Run) -> tuple[Part, ...]:
    """The parts that an ended run has left."""
    [answer] = await _branch(services, caller, run.conversation_id, run.answer_id, limit=1)
    return answer.parts


async def input_of(services: Container, caller: Principal, run: Run) -> list[Message]:
    """The messages that were given at once as the run's input, oldest first."""
    branch = await _branch(services, caller, run.conversation_id, run.question_id, limit=MOST_INPUT + 1)
    return branch[-given_together(branch) :]


async def earlier_of(services: Container, caller: Principal, body: ResponseBody | CompactBody) -> list[Message]:
    """What a model is shown of what the request goes on from. Raise NotFound."""
    limit = services.context().budget.messages
    previous, conversation = _goes_on_from(body)
    if previous is not None:
        with naming("previous_run_id"):
            run = await services.get_run()(caller, previous)
            return await _branch(services, caller, run.conversation_id, run.answer_id, limit=limit)
    if conversation is not None:
        with naming("conversation_id"):
            return await _branch(services, caller, conversation, None, limit=limit)
    return []


def _goes_on_from(body: ResponseBody | CompactBody) -> tuple[RunId | None, ConversationId | None]:
    """Raise NotFound for what cannot be a name of either."""
    previous, conversation = body.previous_response_id, body.conversation_id
    with naming("previous_run_id"):
        run_id = run_id_of(previous) if previous is not None else None
    with naming("conversation_id"):
        return run_id, conversation_id_of(conversation) if conversation is not None else None


async def _branch(
    services: Container, caller: Principal, id: ConversationId, tip: MessageId | None, *, limit: int
) -> list[Message]:
    page, _ = await services.list_messages()(caller, id, before=None, tip=tip, limit=limit)
    return page
