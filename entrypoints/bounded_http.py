"""HTTP/1.1 by uvicorn and httptools, with a bound to what comes before a body: neither of them has one."""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 64 * 1024
TOO_LONG = "The request line and headers must have at most 65,536 bytes."


class BoundedHttp(HttpToolsProtocol):
    """A longer head is answered with 400 and the connection closed, also while it is still being sent: who sends
    headers without end fills no memory."""

    _coming = 0
    """How many bytes of a head have come, of which the end has not."""
    _in_body = False
    _heads = 0

    def data_received(self, data: bytes) -> None:
        heads, in_body = self._heads, self._in_body
        super().data_received(data)
        if in_body or self._heads != heads or self.transport.is_closing():
            self._coming = 0
            return
        self._coming += len(data)
        if self._coming > MOST_BYTES:
            self.logger.warning(TOO_LONG)
            self.send_400_response(TOO_LONG)

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MOST_BYTES:
            raise httptools.HttpParserError(TOO_LONG)
        self._in_body, self._heads = True, self._heads + 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()
