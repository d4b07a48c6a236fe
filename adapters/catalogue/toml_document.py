"""What the operator's TOML files about models have in common: how they are read, and how a price is written."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from domain.catalogue import Rates


class RatesRow(msgspec.Struct, forbid_unknown_fields=True):
    """Money a million tokens."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None

    def rates(self) -> Rates:
        return Rates(input=self.input, output=self.output, cached=self.cached, cache_write=self.cache_write)


class LongRow(RatesRow, forbid_unknown_fields=True, kw_only=True):
    above_tokens: int


def document_in(path: Path, wrong: type[ValueError]) -> dict[str, Any]:
    """The file as TOML, its numbers exact. Raise `wrong`, naming the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise wrong(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(f"{path}: is not TOML: {error}") from error
