"""The earlier majors of OpenAI's SDK; tests/entrypoints/openai drives the current one everywhere."""

from typing import Any

import pytest

from tests.support.app import Parley


@pytest.mark.parametrize("major", ["1", "2"])
async def test_an_earlier_major_works_throughout(app: Parley, told: Any, models: tuple[str, ...], major: str) -> None:
    said = await told(f"openai_{major}", "openai_sdk.py", f"{app.url}/v1", *models)
    assert said["version"].startswith(f"{major}.")
    text = said["chat"].pop("text")
    assert said["chat"] == {"same": True, "usage": True, "parsed": True}
    assert text == "w0 w1 w2 w3 w4" or "parrot" in text
    for tools in (said["chat tools"], said["responses tools"]):
        assert all("sunny" in answer for answer in tools.get("answers", [tools.get("answer")]))
    assert (said["chat tools"]["finish"], said["chat tools"]["call"]) == ("tool_calls", ["weather", ["city"]])
    assert said["responses tools"]["call"] == "weather"
    assert said["responses"] == {
        "texts": [True, True], "kept": True, "numbers": True, "resumed": True, "parsed": True, "items": ["And then?"],
        "metadata": {"a": "b"},
    }  # fmt: skip
    assert said["conversations"] == ["user", "assistant"]
    assert said["others"] == {"vectors": [8, 8], "model": "openai:plain"}
    assert said["errors"] == [
        ["BadRequestError", "invalid_value", "temperature", True],
        ["BadRequestError", "previous_response_not_found", "previous_response_id", True],
        ["NotFoundError", "conversation_not_found", "conversation", True],
    ]
    assert said["background"] == "completed"
