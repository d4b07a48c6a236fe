"""A form with one file, as it comes over the wire: nothing of it is held but what is being looked at."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from domain.errors import InvalidInput

MOST_PARTS = 20
HEADER_BYTES = 8 * 1024
FIELD_BYTES = 1024


@dataclass(slots=True)
class UploadForm:
    """`filename` is there with the first piece of the file, all `fields` after the last."""

    content_type: str
    file_field: str = "file"
    filename: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    _pieces: list[bytes] = field(default_factory=list)
    _parts: int = 0
    _header: list[bytes] = field(default_factory=lambda: [b"", b""])
    _disposition: bytes = b""
    _name: str = ""
    _is_file: bool = False
    _value: bytes = b""
    _is_over: bool = False

    async def pieces(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The bytes of the file. Raise InvalidInput for what is no form with one file in it."""
        parser = self._parser()
        try:
            async for data in body:
                parser.write(data)
                for piece in self._taken():
                    yield piece
            parser.finalize()
        except MultipartParseError as error:
            raise InvalidInput("body", "is not multipart/form-data") from error
        if not self._is_over:
            raise InvalidInput("body", "is cut off")
        if self.filename is None:
            raise InvalidInput(self.file_field, "must be there, with a file name")

    def _parser(self) -> MultipartParser:
        kind, options = parse_options_header(self.content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise InvalidInput("body", "must be multipart/form-data")
        return MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def _taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise InvalidInput("body", f"must have at most {MOST_PARTS} parts")
        self._header, self._disposition, self._value = [b"", b""], b"", b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._add_to_header(0, data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._add_to_header(1, data[start:end])

    def _add_to_header(self, which: int, data: bytes) -> None:
        self._header[which] += data
        if len(self._header[which]) > HEADER_BYTES:
            raise InvalidInput("body", f"must have headers of at most {HEADER_BYTES:,} bytes")

    def _on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value
        self._header = [b"", b""]

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _text(options.get(b"name", b""))
        self._is_file = self._name == self.file_field and b"filename" in options
        if not self._is_file:
            return
        if self.filename is not None:
            raise InvalidInput(self.file_field, "must be one file; upload others by themselves")
        self.filename = _text(options[b"filename"])

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._pieces.append(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > FIELD_BYTES:
            raise InvalidInput(self._name or "body", f"must have at most {FIELD_BYTES:,} bytes")

    def _on_part_end(self) -> None:
        if not self._is_file:
            self.fields[self._name] = _text(self._value)

    def _on_end(self) -> None:
        self._is_over = True


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
