"""LangChain, Pydantic AI and the llm command, each as its users have it."""

import json
from pathlib import Path
from typing import Any

from tests.support.app import Parley

WEATHER = """
def weather(city: str) -> str:
    "How it is outside."
    return "sunny"
"""


async def test_langchain_talks_calls_tools_and_parses_over_both_routes(
    app: Parley, told: Any, models: tuple[str, ...]
) -> None:
    said = await told("frameworks", "langchain_client.py", f"{app.url}/v1", *models)
    for route in ("chat", "responses"):
        assert said[route] == {"same": True, "pieces": True, "usage": True}
        assert "sunny" in said[f"{route} tools"].pop("answer")
        assert said[f"{route} tools"] == {"call": ["weather"], "streamed": "weather"}
        assert said[f"{route} structured"]
    assert (said["chained"], said["asynchronous"], said["vectors"]) == ([True, True], [True, True], 2)


async def test_pydantic_ai_runs_agents_over_both_routes(app: Parley, told: Any, models: tuple[str, ...]) -> None:
    said = await told("frameworks", "pydantic_ai_client.py", f"{app.url}/v1", *models)
    for route in ("chat", "responses", "chained"):
        assert said[route] == {"text": True, "pieces": True, "tokens": True, "structured": True}
        assert "sunny" in said[f"{route} tool"].pop("answer")
        assert said[f"{route} tool"] == {"asked": 1, "requests": 2}


async def test_the_llm_command_talks_goes_on_calls_a_tool_and_fills_a_schema(
    app: Parley, say: Any, tmp_path: Path
) -> None:
    able = {"api_base": f"{app.url}/v1", "supports_tools": True, "supports_schema": True}
    known = [{"model_id": name, "model_name": name, **able} for name in ("plain", "agent", "demo:parrot")]
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(known))  # JSON is YAML

    async def llm(*arguments: str) -> str:
        return str(await say("frameworks", "llm", *arguments, LLM_USER_PATH=str(tmp_path), OPENAI_API_KEY="any"))

    assert await llm("-m", "plain", "Why does a river bend?") == "w0 w1 w2 w3 w4\n"
    assert await llm("-c", "And then?") == "w0 w1 w2 w3 w4\n"
    assert "It is sunny." in await llm("-m", "agent", "--functions", WEATHER, "Call weather for me.")
    filled = json.loads(await llm("-m", "demo:parrot", "--schema", "city, degrees int", "Where?"))
    assert set(filled) == {"city", "degrees"}
