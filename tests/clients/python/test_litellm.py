"""LiteLLM as a client, which takes long to install: `./test clients` has it."""

from typing import Any

from tests.support.app import Parley


async def test_litellm_talks_calls_tools_and_parses(app: Parley, told: Any, models: tuple[str, ...]) -> None:
    said = await told("litellm", "litellm_client.py", f"{app.url}/v1", *models)
    assert said["chat"] == {"same": True, "pieces": True, "usage": True, "structured": True}
    assert said["tools"]["call"] == "weather"
    assert "sunny" in said["tools"]["answer"]
    assert said["responses"] == {"text": True, "last": "response.completed"}
    assert (said["errors"], said["vectors"]) == ([400], 2)
