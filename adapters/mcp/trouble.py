"""Why a connection ended, as far as those who saw it know. For the operator: a stranger's words may be in it."""

LONGEST = 300


class Trouble:
    """The last reason that was said; `last_words` are what a process wrote for people before it ended."""

    def __init__(self) -> None:
        self._reason = self.last_words = ""

    def say(self, reason: str) -> None:
        self._reason = reason

    def say_if_silent(self, reason: str) -> None:
        self._reason = self._reason or reason

    def __str__(self) -> str:
        """On one line, of printable characters."""
        reason = self._reason or "ended the connection"
        last_line = self.last_words.strip().rpartition("\n")[2]
        whole = f"{reason}: {last_line[-LONGEST:]}" if last_line else reason
        return "".join(character if character.isprintable() else " " for character in whole)


def told(error: BaseException) -> str:
    """The first reason in a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    return f"failed: {type(error).__name__}: {str(error)[:LONGEST]}"
