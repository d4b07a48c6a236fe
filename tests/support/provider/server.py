"""The scripted provider: takes connections, remembers calls, says which script each one gets."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import msgspec

from tests.support.provider import answers
from tests.support.provider.acting import act
from tests.support.provider.call import Call
from tests.support.provider.script import Script, script_from, script_of
from tests.support.provider.wire import Request, Wire, read_request

MODELS = ("scripted", "scripted-embedding")


class ScriptedProvider:
    """Serves on 127.0.0.1 while it is entered. What it has seen stays readable after that."""

    def __init__(self, default: Script | None = None) -> None:
        self.default = default or Script()
        self.queue: deque[Script] = deque()
        self.calls: list[Call] = []
        self.connections = 0
        self.connections_ever = 0
        self._seen: Counter[str] = Counter()
        self._handlers: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def anthropic_url(self) -> str:
        """The same server in the words of Anthropic's Messages API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def open_calls(self) -> int:
        return sum(call.open for call in self.calls)

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, backlog=1024)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
            for handler in self._handlers:
                handler.cancel()
            await asyncio.gather(*self._handlers, return_exceptions=True)
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def until(self, condition: Callable[[], Any], seconds: float = 20.0) -> None:
        """Wait for the condition; raise TimeoutError, with the calls, when it does not come true in time."""
        now = asyncio.get_running_loop().time
        end = now() + seconds
        while not condition():
            if now() > end:
                raise TimeoutError(f"not within {seconds} s; calls: {self.calls}")
            await asyncio.sleep(0.005)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        self.connections += 1
        self.connections_ever += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._converse(reader, Wire(writer), self.connections_ever)
        writer.close()
        self.connections -= 1
        self._handlers.discard(task)

    async def _converse(self, reader: asyncio.StreamReader, wire: Wire, connection: int) -> None:
        while wire.keep_alive and (request := await read_request(reader)):
            if request.path in ("/__control", "/__state", "/v1/models"):
                await self._serve(request, wire)
                continue
            call = Call.of(request, number=len(self.calls) + 1, connection=connection)
            self.calls.append(call)
            await self._answer(call, reader, wire)

    async def _answer(self, call: Call, reader: asyncio.StreamReader, wire: Wire) -> None:
        """Act, until it is done or the client leaves."""
        acting = asyncio.create_task(act(call, self._script_for(call.body), wire))
        leaving = asyncio.create_task(reader.read(1))  # a client says nothing more while it is being answered
        try:
            await asyncio.wait((acting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = not acting.done() or isinstance(acting.exception(), ConnectionError)
            call.end(aborted=left and leaving.done())
            for task in (acting, leaving):
                task.cancel()
            outcomes = await asyncio.gather(acting, leaving, return_exceptions=True)
        if left:
            wire.cut()
        elif isinstance(outcomes[0], Exception):
            raise outcomes[0]

    async def _serve(self, request: Request, wire: Wire) -> None:
        if request.path == "/v1/models":
            models = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "tests"} for name in MODELS]
            await wire.whole(200, {"object": "list", "data": models})
            return
        try:
            if request.path == "/__control":
                self._control(request.json())
        except ValueError as error:
            await wire.whole(400, answers.error(str(error)))
            return
        calls = [call.as_document() for call in self.calls]
        await wire.whole(200, {"calls": calls, "open": self.open_calls, "connections": self.connections})

    def _control(self, wanted: dict[str, Any]) -> None:
        if wanted.get("forget"):
            self.calls.clear()
            self.queue.clear()
            self._seen.clear()
            self.default = Script()
        if "default" in wanted:
            self.default = script_from(wanted["default"])
        self.queue.extend([script_from(value) for value in wanted.get("queue", ())])

    def _script_for(self, body: dict[str, Any]) -> Script:
        if self.queue:
            return self.queue.popleft()
        name = str(body.get("model", ""))
        script = script_of(name) or self.default
        self._seen[name] += 1
        if script.told is not None and (body.get("messages") or [{}])[-1].get("role") == "tool":
            script = msgspec.structs.replace(script, text=script.told, calls=(), finish="stop")
        if script.fails and self._seen[name] > script.fails:
            return msgspec.structs.replace(script, status=200, fault=None, raw=None)
        return script
