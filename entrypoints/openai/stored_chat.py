"""A chat completion that is kept: its messages begin a conversation, and the answer is a run's."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request
from starlette.responses import Response

from application.chat.take_turn import NextTurn
from application.chat.whole_answer import WholeAnswer
from application.ports.language_model import ModelFinished
from domain.access import Principal
from domain.conversation import Reasoning, ToolCall, text_of
from domain.errors import RunNotFound
from domain.idempotency import IdempotencyKey
from domain.run import NumberedEvent, Run, RunEvent, RunFinished, RunSettings
from domain.run import answer_of as parts_of
from entrypoints.container import Container
from entrypoints.http.encoders.sse import HEARTBEAT
from entrypoints.http.problems import RunFailed, request_id_of
from entrypoints.http.streaming import StreamedResponse, open_run, unless_client_leaves
from entrypoints.openai.chat_schemas import ChatCompletionBody
from entrypoints.openai.encoders.chunks import MEDIA_TYPE, Heading
from entrypoints.openai.encoders.completion import completion
from entrypoints.openai.encoders.run_chunks import as_said, run_chunks
from entrypoints.openai.neutral import model_request


async def stored_chat(
    body: ChatCompletionBody, request: Request, services: Container, caller: Principal, key: IdempotencyKey | None
) -> Response:
    """Its id names the run: `chatcmpl-1` is `resp_1`, and run 1 on the native routes."""
    run = await services.take_turn()(caller, _turn(body, key))
    options = body.stream_options
    heading = Heading(
        id=f"chatcmpl-{run.id}",
        created=int(run.created_at.timestamp()),
        model=body.model,
        include_usage=bool(options and options.include_usage),
    )
    batches = services.run_reader().follow(run)
    if not body.stream:
        answer = await unless_client_leaves(request, _whole(run, batches))
        return Response(completion(answer, heading), media_type="application/json")
    opened = await open_run(run, batches)
    pieces = run_chunks(opened, run, heading, request_id_of(request))
    return StreamedResponse(opened, pieces, media_type=MEDIA_TYPE, heartbeat=HEARTBEAT)


def _turn(body: ChatCompletionBody, key: IdempotencyKey | None) -> NextTurn:
    """The messages say all: the server's own instructions do not go before them. Raise InvalidInput."""
    asked = model_request(body)
    settings = RunSettings(
        instructions="",
        temperature=asked.temperature,
        top_p=asked.top_p,
        max_tokens=asked.max_tokens,
        stop=asked.stop,
        seed=asked.seed,
        tools=asked.tools,
        tool_choice=asked.tool_choice,
        parallel_tool_calls=asked.parallel_tool_calls,
        json_schema=asked.json_schema,
        model_extra=asked.extra,
        metadata=body.metadata or {},
    )
    return NextTurn(input=asked.messages, model=body.model, settings=settings, key=key)


async def _whole(run: Run, batches: AsyncGenerator[list[NumberedEvent], None]) -> WholeAnswer:
    """Raise RunFailed when the answer is not whole."""
    events: list[RunEvent] = []
    async with aclosing(batches):
        async for batch in batches:
            events += [numbered.event for numbered in batch]
    if not (events and isinstance(outcome := events[-1], RunFinished)):
        raise RunNotFound(run.id)
    if outcome.problem:
        raise RunFailed(run, outcome.problem)
    parts = parts_of(events)
    [finished] = [said for said in as_said(outcome, run.model) if isinstance(said, ModelFinished)]
    return WholeAnswer(
        text=text_of(parts),
        reasoning="".join(part.text for part in parts if isinstance(part, Reasoning)),
        finished=finished,
        tool_calls=tuple(part for part in parts if isinstance(part, ToolCall)),
    )
