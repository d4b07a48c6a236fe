"""The calls of tools in a streamed answer, whatever numbers and names the server gives them."""

from collections.abc import Iterable, Iterator

import msgspec

from adapters.openai.chat import CallPiece, Function
from domain.conversation import ProviderState
from domain.tool import ToolCallDelta


class CallReader:
    """Numbers the calls as they begin. Servers differ: some number every call 0, or none, or leave out the ids."""

    def __init__(self, provider: str, model: str) -> None:
        self._origin = (provider, model)
        self._ids: list[str] = []
        self._numbers: dict[int | None, int] = {}

    def read(self, pieces: Iterable[CallPiece], answer_id: str | None) -> Iterator[ToolCallDelta]:
        """`answer_id` is what ids are made of where the server gives none."""
        for piece in pieces:
            function = piece.function or Function()
            arguments = function.arguments or ""
            if not isinstance(arguments, str):
                arguments = msgspec.json.encode(arguments).decode()
            if self._begins(piece, function):
                number = self._numbers[piece.index] = len(self._ids)
                self._ids.append(piece.id or f"call_{answer_id or 'x'}_{number}")
                yield ToolCallDelta(number, self._ids[number], function.name or "", arguments, self._state(piece))
            elif arguments or piece.extra_content:
                yield ToolCallDelta(self._numbers[piece.index], arguments=arguments, state=self._state(piece))

    def _state(self, piece: CallPiece) -> ProviderState | None:
        provider, model = self._origin
        return ProviderState(provider, {"extra_content": piece.extra_content}, model) if piece.extra_content else None

    def _begins(self, piece: CallPiece, function: Function) -> bool:
        number = self._numbers.get(piece.index)
        return number is None or bool(piece.id and function.name and piece.id != self._ids[number])
