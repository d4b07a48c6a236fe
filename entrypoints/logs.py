"""The log: a line a record, whatever is in it, and no secret that is known or looks like one."""

import logging
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import SecretStr

from entrypoints.settings import Settings

HIDDEN = "***"
SHORTEST = 8
"""What is shorter is no secret worth the name, and hiding it would hide half of the log."""
SHAPES = re.compile(
    r"(?P<before>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{4,}"
    r"|(?P<password>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"
    r"|\b(?:pk_|rt_|sk-|setup_)[\w.-]{12,}",
    re.IGNORECASE,
)


class OneLine(logging.Formatter):
    """`secrets` are hidden by what they are, others by their shape; what would begin a line, or move a terminal's
    cursor, is written as Python would."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        longest_first = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        text = self._known.sub(HIDDEN, text) if self._known else text
        text = SHAPES.sub(_hidden, text)
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _hidden(found: re.Match[str]) -> str:
    return f"{found['before'] or found['password'] or ''}{HIDDEN}"


def secrets_of(settings: Settings) -> list[str]:
    """All that the operator has given and nobody may read."""
    values = [getattr(settings, name) for name in Settings.model_fields]
    given = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    return [*given, urlsplit(settings.database_url).password or ""]


def set_up_logging(settings: Settings) -> logging.Handler:
    """Everything that is logged in this process, by whomever, goes through here to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(secrets_of(settings)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper() if settings.log_level != "info" else logging.WARNING)
    return handler
