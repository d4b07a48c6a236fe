"""Reads the catalogue; what is wrong with a file is said with its name, its table and its field."""

import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from adapters.catalogue.toml_document import LongRow, RatesRow, document_in
from domain.catalogue import Catalogue, ModelInfo, Price, Provider, ProviderKind
from domain.errors import InvalidInput

SHIPPED = Path(__file__).with_name("models.toml")
WHERE = re.compile(r" - at `\$\.?(?P<field>[^`]*)`$")
UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]+)`(?: - at `\$\.?(?P<where>[^`]*)`)?$")
Row = TypeVar("Row", bound=msgspec.Struct)


class BadCatalogue(ValueError):
    """The message names the file, the table and the field, and says what is allowed."""


class ProviderRow(msgspec.Struct, forbid_unknown_fields=True):
    kind: ProviderKind
    base_url: str | None = None
    key: str | None = None
    reasoning_back: str | None = None


class PriceRow(RatesRow, forbid_unknown_fields=True, kw_only=True):
    currency: str
    version: str
    long: LongRow | None = None


class ModelRow(msgspec.Struct, forbid_unknown_fields=True):
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    tools: bool | None = None
    images: bool | None = None
    reasoning: bool | None = None
    json_schema: bool | None = None
    price: PriceRow | None = None


def read_catalogue(own: Path | None = None, *, moved: Container[str] = ()) -> Catalogue:
    """What comes with Parley, and over it the tables of the operator's own file, each whole in place of its namesake.

    Of the providers that were `moved` to another address than their vendor's, what comes with Parley on their models
    says nothing. Raise BadCatalogue.
    """
    shipped = _read(SHIPPED)
    models = {name: model for name, model in shipped.models.items() if name.partition(":")[0] not in moved}
    added = _read(own, known=shipped.providers) if own else Catalogue()
    return Catalogue({**shipped.providers, **added.providers}, {**models, **added.models})


def _read(path: Path, known: Mapping[str, Provider] | None = None) -> Catalogue:
    """`known` are providers of other files that the models of this one may be of."""
    document = document_in(path, BadCatalogue)
    if strange := set(document) - {"providers", "models"}:
        raise BadCatalogue(f"{path}: [{min(strange)}] is not known; there are [providers.NAME] and [models.NAME]")
    providers = {}
    for name, table in _tables(path, document, "providers"):
        values = msgspec.structs.asdict(_row(path, f"providers.{name}", table, ProviderRow))
        with _Named(path, f"providers.{name}"):
            providers[name] = Provider(name=name, **values)
    models = {}
    for name, table in _tables(path, document, "models"):
        row = _row(path, f'models."{name}"', table, ModelRow)
        if name.partition(":")[0] not in {*providers, *(known or ())}:
            raise BadCatalogue(f'{path}: [models."{name}"]: must be named provider:model, of a provider that is there')
        with _Named(path, f'models."{name}"'):
            models[name] = _model(name, row)
    return Catalogue(providers, models)


def _tables(path: Path, document: Mapping[str, Any], group: str) -> Iterator[tuple[str, dict[str, Any]]]:
    tables = document.get(group, {})
    for name, table in tables.items() if isinstance(tables, dict) else [("", tables)]:
        if not isinstance(table, dict):
            raise BadCatalogue(f"{path}: [{group}] {name}: must be a table, as in [{group}.{name or 'NAME'}]")
        yield name, table


def _row(path: Path, table: str, values: dict[str, Any], kind: type[Row]) -> Row:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        said = str(error)
        if unknown := UNKNOWN.search(said):
            place = ".".join(filter(None, (unknown["where"], unknown["field"])))
            raise BadCatalogue(f"{path}: [{table}] {place}: is not known") from None
        found = WHERE.search(said)
        field = f" {found['field']}" if found and found["field"] else ""
        raise BadCatalogue(f"{path}: [{table}]{field}: {WHERE.sub('', said)}") from None


class _Named:
    """Says of a rule that does not hold in which file and table."""

    def __init__(self, path: Path, table: str) -> None:
        self._place = f"{path}: [{table}]"

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, InvalidInput):
            raise BadCatalogue(f"{self._place} {error}") from None


def _model(name: str, row: ModelRow) -> ModelInfo:
    values = {field: getattr(row, field) for field in ModelRow.__struct_fields__ if field != "price"}
    return ModelInfo(name=name, **values, price=_price(row.price) if row.price else None)


def _price(row: PriceRow) -> Price:
    return Price(
        currency=row.currency,
        version=row.version,
        rates=row.rates(),
        long_above=row.long.above_tokens if row.long else None,
        long=row.long.rates() if row.long else None,
    )
