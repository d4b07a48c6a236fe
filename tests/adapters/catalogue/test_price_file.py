"""An operator's own list of prices: read whole, or refused with the place and the reason."""

from decimal import Decimal
from pathlib import Path

import pytest

from adapters.catalogue.price_file import BadPrices, read_prices

HEAD = 'version = "2027-01"\ncurrency = "EUR"\n'
GOOD = HEAD + '[models."a:b"]\ninput = 0.1\noutput = 2\nlong = { above_tokens = 10, input = 1, output = 3 }\n'
BAD = {
    "no TOML": ("version =", "is not TOML"),
    "no version": ('currency = "EUR"', "version: must be a text"),
    "no currency": ('version = "1"', "currency: must be three capital letters"),
    "a strange table": (HEAD + "[prices]\n", "'prices' is not known"),
    "models that are none": ('models = 1\nversion = "1"\ncurrency = "EUR"', "models: must be tables"),
    "a name without a provider": (
        HEAD + "[models.small]\ninput = 1\n",
        r"small.*must be named provider",
    ),
    "a model without a price": (HEAD + '[models."a:b"]\noutput = 1\n', "missing required field `input`"),
    "a price that is none": (HEAD + '[models."a:b"]\ninput = "much"\n', "a:b.* input: Invalid decimal"),
    "a negative price": (HEAD + '[models."a:b"]\ninput = -1\n', "a:b.*input.*0 or more"),
    "a field that is unknown": (HEAD + '[models."a:b"]\ninput = 1\noutptu = 2\n', "outptu"),
    "a limit of nothing": (HEAD + '[models."a:b"]\ninput = 1\nlong = { above_tokens = 0, input = 1 }\n', "1 or more"),
}


def test_a_list_is_read(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(GOOD)
    price = read_prices(tmp_path / "prices.toml").prices["a:b"]
    assert (price.currency, price.version, price.rates.input) == ("EUR", "2027-01", Decimal("0.1"))
    assert price.long_above == 10


@pytest.mark.parametrize(("text", "why"), BAD.values(), ids=BAD)
def test_a_list_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(BadPrices, match=why) as refused:
        read_prices(path)
    assert str(refused.value).startswith(str(path))


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match=r"none.toml: cannot be read"):
        read_prices(tmp_path / "none.toml")
