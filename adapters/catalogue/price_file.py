"""Reads an operator's own list of prices; what is wrong with it is said with the file, the model and the field."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from adapters.catalogue.toml_document import LongRow, RatesRow, document_in
from domain.catalogue import Price
from domain.errors import InvalidInput
from domain.price import PriceList

NAMED = re.compile(r"[a-z][a-z0-9_-]{0,63}:.+")
CURRENCY = re.compile(r"[A-Z]{3}")
WHERE = re.compile(r" - at `\$\.?(?P<field>[^`]*)`$")


class BadPrices(ValueError):
    """The message names the file, the model and the field, and says what is allowed."""


class LongPriceRow(LongRow, forbid_unknown_fields=True, kw_only=True):
    output: Decimal = Decimal(0)


class ModelRow(RatesRow, forbid_unknown_fields=True, kw_only=True):
    """`output` may be left out, of a model that gives none."""

    output: Decimal = Decimal(0)
    long: LongPriceRow | None = None


def read_prices(path: Path) -> PriceList:
    """`version` and `currency`, and a table [models."provider:model"] for each model, of money a million tokens.

    Raise BadPrices. A list without models is one: every price is unknown then.
    """
    document = document_in(path, BadPrices)
    version, currency, models = (document.pop(name, None) for name in ("version", "currency", "models"))
    if document:
        raise BadPrices(f'{path}: {min(document)!r} is not known; there are version, currency and [models."NAME"]')
    if not isinstance(version, str) or not version.strip():
        raise BadPrices(f'{path}: version: must be a text that is another one for each list, as in "2026-11-20"')
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        raise BadPrices(f'{path}: currency: must be three capital letters, as in "USD"')
    if not isinstance(models, dict | None):
        raise BadPrices(f'{path}: models: must be tables, as in [models."openai:gpt-4o"]')
    rows = (models or {}).items()
    return PriceList({name: _price(path, name, table, version, currency) for name, table in rows})


def _price(path: Path, name: str, table: Any, version: str, currency: str) -> Price:
    place = f'{path}: [models."{name}"]'
    if not NAMED.fullmatch(name):
        raise BadPrices(f"{place}: must be named provider:model")
    try:
        row = msgspec.convert(table, ModelRow)
        long = row.long
        if long and long.above_tokens < 1:
            raise BadPrices(f"{place} long.above_tokens: must be 1 or more")
        return Price(
            currency=currency,
            version=version,
            rates=row.rates(),
            long_above=long.above_tokens if long else None,
            long=long.rates() if long else None,
        )
    except msgspec.ValidationError as error:
        found = WHERE.search(str(error))
        field = f" {found['field']}" if found and found["field"] else ""
        raise BadPrices(f"{place}{field}: {WHERE.sub('', str(error))}") from None
    except InvalidInput as error:
        raise BadPrices(f"{place} {error}") from None
