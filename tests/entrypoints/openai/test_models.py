"""Which models there are, by OpenAI's own client."""

import openai
import pytest
from openai import AsyncOpenAI


async def test_the_configured_models_are_listed(client: AsyncOpenAI) -> None:
    models = [model async for model in client.models.list()]

    assert [model.id for model in models] == ["openai:plain", "demo:parrot", "openai:text-embedding-3-small"]
    assert {(model.object, model.owned_by) for model in models} == {("model", "openai"), ("model", "demo")}


@pytest.mark.parametrize(
    ("name", "owner"),
    [("openai:plain", "openai"), ("plain", "openai"), ("demo:parrot", "demo"), ("text-embedding-3-small", "openai")],
)
async def test_one_model_is_found_by_every_name_that_it_goes_by(client: AsyncOpenAI, name: str, owner: str) -> None:
    model = await client.models.retrieve(name)
    assert (model.id, model.owned_by) == (name, owner)


@pytest.mark.parametrize("name", ["nobody", "openai:nobody", "demo:nobody", "a/b", "openai:", "parrot"])
async def test_an_unknown_model_is_not_found(client: AsyncOpenAI, name: str) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        await client.models.retrieve(name)
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")


async def test_every_listed_model_can_be_looked_at(client: AsyncOpenAI) -> None:
    async for model in client.models.list():
        assert (await client.models.retrieve(model.id)).id == model.id
