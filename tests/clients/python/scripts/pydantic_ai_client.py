"""Pydantic AI: `pydantic_ai_client.py BASE_URL MODEL CALLING_MODEL JSON_MODEL` prints what came of it."""

import asyncio
import json
import sys
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

URL, MODEL, CALLING, JSON = sys.argv[1:]
PROVIDER = OpenAIProvider(base_url=URL, api_key="any")
Kind = type[OpenAIChatModel] | type[OpenAIResponsesModel]


class Weather(BaseModel):
    city: str
    degrees: int


async def with_tool(kind: Kind, settings: Any = None) -> dict[str, Any]:
    agent = Agent(kind(CALLING, provider=PROVIDER), model_settings=settings)
    asked = []

    @agent.tool_plain
    def weather(city: str) -> str:
        asked.append(city)
        return "sunny"

    run = await agent.run("Call weather for me.")
    return {"asked": len(asked), "answer": run.output, "requests": run.usage.requests}


async def talk(kind: Kind, settings: Any = None) -> dict[str, Any]:
    agent = Agent(kind(MODEL, provider=PROVIDER), model_settings=settings)
    first = await agent.run("Why does a river bend?")
    async with agent.run_stream("And then?", message_history=first.all_messages()) as stream:
        pieces = [piece async for piece in stream.stream_text(delta=True, debounce_by=None)]
    typed = await Agent(kind(JSON, provider=PROVIDER), output_type=NativeOutput(Weather)).run("Where?")
    return {
        "text": bool(first.output),
        "pieces": len(pieces) > 2,
        "tokens": first.usage.output_tokens > 0,
        "structured": isinstance(typed.output, Weather),
    }


async def main() -> dict[str, Any]:
    chained = OpenAIResponsesModelSettings(openai_previous_response_id="auto")
    return {
        "version": version("pydantic-ai-slim"),
        "chat": await talk(OpenAIChatModel),
        "chat tool": await with_tool(OpenAIChatModel),
        "responses": await talk(OpenAIResponsesModel),
        "responses tool": await with_tool(OpenAIResponsesModel),
        "chained": await talk(OpenAIResponsesModel, chained),
        "chained tool": await with_tool(OpenAIResponsesModel, chained),
    }


print(json.dumps(asyncio.run(main())))
