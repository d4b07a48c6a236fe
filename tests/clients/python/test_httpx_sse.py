"""httpx-sse on the native routes: a reader of events that remembers the last id, as EventSource does."""

from typing import Any

from tests.support.app import parley
from tests.support.provider import ScriptedProvider

WORDS = " ".join(f"w{i}" for i in range(12))


async def test_a_reader_that_was_cut_off_comes_back_and_nothing_is_asked_twice(told: Any) -> None:
    async with (
        ScriptedProvider() as provider,
        parley(openai_api_key="a-key", openai_base_url=provider.url, model="openai:words=12,delay=0.05") as app,
    ):
        said = await told("openai_1", "native_sse.py", app.url)
    assert (said["stored"], said["read"]) == (WORDS, WORDS)
    assert said["questions"] == ["Why does a river bend?"]
    assert said["last"] == ["done", "[DONE]"]
    assert said["resumed"]
    assert said["stateless"] == [True, ["done", "[DONE]"], 204]
    assert len(provider.calls) == 2
