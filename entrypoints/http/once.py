"""A stream that is answered once for each Idempotency-Key."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from starlette.responses import Response

from application.idempotency.answer_once import AnswerOnce
from domain.idempotency import IdempotencyKey, StoredAnswer
from entrypoints.http.streaming import StreamedResponse


async def streamed_once(
    once: AnswerOnce, key: IdempotencyKey | None, open_stream: Callable[[], Awaitable[StreamedResponse]], *, done: bytes
) -> Response:
    """The stream, or what was kept under the key: a stream whose last bytes were `done`, sent to its end."""
    if key is None:
        return await open_stream()
    if kept := await once.take(key):
        return Response(kept.body, kept.status, media_type=kept.media_type)
    try:
        response = await open_stream()
    except BaseException:
        await once.drop(key)
        raise
    response.pieces = _kept(response, response.pieces, once, key, done)
    return response


async def _kept(
    response: StreamedResponse, pieces: AsyncGenerator[bytes, None], once: AnswerOnce, key: IdempotencyKey, done: bytes
) -> AsyncGenerator[bytes, None]:
    """The pieces as they come, kept under the key when all were sent and they end with `done`."""
    whole = bytearray()
    try:
        async for piece in pieces:
            whole += piece
            yield piece
    finally:
        if whole.endswith(done):
            await once.keep(key, StoredAnswer(response.status_code, response.media_type or "", bytes(whole)))
        else:
            await once.drop(key)
