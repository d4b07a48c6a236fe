"""The catalogue in TOML: what comes with Parley, an operator's own file over it, and what is wrong with one."""

from decimal import Decimal
from pathlib import Path

import pytest

from adapters.catalogue.toml_file import BadCatalogue, read_catalogue
from domain.catalogue import ProviderKind
from domain.usage import Usage

GROQ = """
[providers.groq]
kind = "openai"
base_url = "https://api.example.org/openai/v1"
key = "GROQ_API_KEY"

[models."groq:llama"]
context_tokens = 131_072
images = false
price = { currency = "EUR", version = "2026-11", input = 0.59, output = 0.79 }

[models."openai:gpt-4o"]
tools = true
"""


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return path


def test_what_comes_with_parley_is_whole_and_priced_by_a_version() -> None:
    catalogue = read_catalogue()
    assert [provider.kind for provider in catalogue.providers.values()] == list(ProviderKind)
    assert all(name.partition(":")[0] in catalogue.providers for name in catalogue.models)
    for model in catalogue.models.values():
        assert model.price
        assert model.price.version
    small = catalogue.model("openai:gpt-4o-mini").price
    assert small
    assert small.cost_of(Usage(1_000_000, 0)) == Decimal("0.15")


def test_tables_of_an_own_file_take_the_place_of_their_namesakes(tmp_path: Path) -> None:
    catalogue = read_catalogue(own(tmp_path, GROQ))
    assert catalogue.providers["groq"].key == "GROQ_API_KEY"
    assert catalogue.providers["openai"].kind is ProviderKind.OPENAI
    llama = catalogue.model("groq:llama")
    assert (llama.context_tokens, llama.images, llama.tools) == (131_072, False, None)
    assert llama.price
    assert (llama.price.currency, llama.price.rates.input) == ("EUR", Decimal("0.59"))
    assert catalogue.model("openai:gpt-4o").price is None


def test_of_a_provider_at_another_address_nothing_is_known_but_what_the_operator_says(tmp_path: Path) -> None:
    catalogue = read_catalogue(own(tmp_path, GROQ), moved={"openai"})
    assert catalogue.names_of("openai") == ("gpt-4o",)
    assert catalogue.names_of("anthropic")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("providers", "is not TOML"),
        ("[provider.a]\nkind='openai'", "[provider] is not known"),
        ("providers = 1", "[providers] : must be a table"),
        ("[providers]\na = 1", "[providers] a: must be a table, as in [providers.a]"),
        ("[providers.a]\nkey = 'A'", "[providers.a]: Object missing required field `kind`"),
        ("[providers.a]\nkind = 'gemini'", "[providers.a] kind: Invalid enum value 'gemini'"),
        ("[providers.a]\nkind = 'openai'\napi_key = 'x'", "[providers.a] api_key: is not known"),
        ("[providers.a]\nkind = 'openai'", "[providers.a] key: needs the name of the variable"),
        ("[providers.'A:b']\nkind = 'openai'\nkey = 'A'", "[providers.A:b] name: a provider is named by"),
        ("[models.'x:y']\ntools = true", '[models."x:y"]: must be named provider:model, of a provider that is there'),
        ("[models.'openai:y']\ntools = 'yes'", '[models."openai:y"] tools: Expected `bool | null`, got `str`'),
        ("[models.'openai:y']\ncontext_tokens = 0", '[models."openai:y"] context_tokens: must be 1 or more'),
        (
            "[models.'openai:y'.price]\ncurrency = 'USD'\nversion = '1'\ninput = 1",
            '[models."openai:y"] price: Object missing required field `output`',
        ),
        (
            "[models.'openai:y'.price]\ncurrency = 'USD'\nversion = '1'\ninput = 1\noutput = 1\ncashed = 1",
            '[models."openai:y"] price.cashed: is not known',
        ),
        (
            "[models.'openai:y'.price]\ncurrency = 'USD'\nversion = '1'\ninput = -1\noutput = 1",
            '[models."openai:y"] input: must be a price, 0 or more',
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_table_and_field(tmp_path: Path, text: str, said: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(BadCatalogue) as refusal:
        read_catalogue(path)
    assert str(refusal.value).startswith(f"{path}: {said}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match=r"nowhere\.toml: cannot be read: No such file"):
        read_catalogue(tmp_path / "nowhere.toml")
