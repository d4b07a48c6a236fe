"""A conversation is named by its first words, and better when there is a model for it."""

from tests.support.app import parley, until
from tests.support.provider import Script, ScriptedProvider


async def test_a_title_model_names_the_conversation_once_and_beside_the_answer() -> None:
    async with (
        ScriptedProvider() as provider,
        parley(openai_base_url=provider.url, model="openai:plain", title_model="openai:cheap") as app,
    ):
        provider.queue.extend([Script(words=2), Script(text='"Bends of rivers."\n')])
        asked = (await app.http.post("/chat", json={"message": "Why does a river bend?"})).json()
        url = f"/conversations/{asked['conversation_id']}"

        async def named() -> bool:
            return bool((await app.http.get(url)).json()["title"] == "Bends of rivers")

        await until(named)
        assert provider.calls[1].body["model"] == "cheap"
        await app.http.post("/chat", json={"message": "And lakes?", "conversation_id": asked["conversation_id"]})
        assert len(provider.calls) == 3


async def test_a_title_that_cannot_be_found_leaves_the_first_words() -> None:
    async with (
        ScriptedProvider() as provider,
        parley(
            openai_base_url=provider.url, model="openai:plain", title_model="openai:s500", provider_attempts=1
        ) as app,
    ):
        asked = (await app.http.post("/chat", json={"message": "Why does a river bend?"})).json()
        await provider.until(lambda: len(provider.calls) == 2)
        title = (await app.http.get(f"/conversations/{asked['conversation_id']}")).json()["title"]
        assert title == "Why does a river bend?"
