"""Acts a script out on a connection."""

import asyncio
import json
from types import ModuleType

from tests.support.provider import answers, anthropic_answers
from tests.support.provider.answers import Document
from tests.support.provider.call import Call
from tests.support.provider.script import Moment, Script
from tests.support.provider.wire import Wire


async def act(call: Call, script: Script, wire: Wire) -> None:
    words = anthropic_answers if call.path.endswith("/messages") else answers
    await asyncio.sleep(script.wait)
    if await _faulty(script, "headers", wire, words):
        return
    refused = next((name for name in script.rejects if name in json.dumps(call.body)), None)
    if refused:
        await wire.whole(400, words.error(f"Unsupported parameter: '{refused}'. {script.message}", status=400))
    elif script.status != 200:
        refusal = words.error(script.message, script.code, status=script.status)
        await wire.whole(script.status, refusal, script.headers)
    elif why := words.complaint(call.body):
        await wire.whole(400, words.error(why, status=400))
    elif script.raw is not None:
        await _raw(script.raw, script, wire)
    elif call.path.endswith("/embeddings"):
        vectors = answers.embeddings(call.body, script)
        call.billed = vectors["usage"]
        await wire.whole(200, vectors, script.headers)
    elif not call.path.endswith(("/chat/completions", "/messages")):
        await wire.whole(404, answers.error(f"no such path: {call.path}"))
    elif call.body.get("stream"):
        await _Stream(call, script, wire, words).play()
    else:
        call.billed = answers.usage_of(call.body, script)
        await wire.whole(200, answers.whole(call.body, script), script.headers)


async def _raw(body: str, script: Script, wire: Wire) -> None:
    await wire.start(200, {"content-type": script.content_type, **script.headers}, chunked=script.chunked)
    await wire.piece(body.encode(errors="surrogateescape"))
    await wire.finish()


class _Stream:
    def __init__(self, call: Call, script: Script, wire: Wire, words: ModuleType) -> None:
        self._call = call
        self._script = script
        self._wire = wire
        self._words = words

    async def play(self) -> None:
        request, script, words = self._call.body, self._script, self._words
        headers = {"content-type": script.content_type, **script.headers}
        await self._wire.start(200, headers, chunked=script.chunked)
        if await _faulty(script, "first", self._wire, words):
            return
        for document in (words.opening(request, script), *words.thoughts(request, script)):
            await self._say(document)
        if await self._speak() or await _faulty(script, "mid", self._wire, words, said=script.at):
            return
        self._call.billed = answers.usage_of(request, script)
        for document in words.finish(request, script):
            await self._say(document)
        if await _faulty(script, "last", self._wire, words):
            return
        for last in words.tail(request, script):
            await self._say(last)
        await asyncio.sleep(script.ending)
        await self._wire.finish()

    async def _speak(self) -> bool:
        """True when a fault has ended the answer."""
        for said, document in enumerate(self._words.tokens(self._call.body, self._script)):
            if await _faulty(self._script, "mid", self._wire, self._words, said=said):
                return True
            if said:
                await asyncio.sleep(self._script.delay)
            await self._say(document)
            self._call.tokens_sent += 1
        return False

    async def _say(self, document: Document | str) -> None:
        data = self._words.event(document, self._script)
        step = self._script.split or len(data)
        for start in range(0, len(data), step):
            await self._wire.piece(data[start : start + step])
            if self._script.split:
                await asyncio.sleep(0)


async def _faulty(script: Script, moment: Moment, wire: Wire, words: ModuleType, *, said: int | None = None) -> bool:
    """Do what goes wrong at this moment, and say whether the answer is over with it."""
    if script.fault is None or script.when != moment or said not in (None, script.at):
        return False
    if moment == "headers" and script.fault in ("end", "error", "garbage", "partial"):
        await wire.say_nonsense()
        return True
    match script.fault:
        case "stall":
            await asyncio.Event().wait()  # until the client leaves or the provider stops
        case "reset":
            wire.reset()
        case "cut":
            wire.cut()
        case "garbage":
            await wire.piece(b"data: {no JSON at all\n\n")
            return False
        case "error":
            await wire.piece(words.event(words.error(script.message, script.code), script))
            await wire.finish()
        case "partial":
            await wire.piece(b'data: {"choices":[{"index":0,"delta":{"content":"w\n\n')
            await wire.finish()
        case "end":
            await wire.finish()
    return True
