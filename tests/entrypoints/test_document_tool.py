"""Agents search in documents: their answers cite what was found, and nothing else."""

import json
from typing import Any

from tests.support.app import Parley, until
from tests.support.library import put

QUESTION = "Can you search how long the Nile is in kilometres?"


async def ended(app: Parley, run_id: int) -> dict[str, Any]:
    async def run() -> Any:
        found = (await app.http.get(f"/runs/{run_id}")).json()
        return found if found["status"] not in ("queued", "running") else None

    await until(run, seconds=20)
    return dict(await run())


async def test_an_agent_cites_what_its_search_found(app: Parley) -> None:
    await put(app.container.database(), "Cats sleep.", name="cats.txt")
    id = await put(app.container.database())
    body = {"initial_prompt": QUESTION, "tools": ["search_documents"]}
    await app.http.post("/agent/sessions", json=body)
    run = await ended(app, 1)
    assert run["status"] == "completed"
    said = await app.http.get(f"/conversations/{run['conversation_id']}/messages")
    answer = said.json()["messages"][-1]
    call, result, text = answer["parts"]
    assert call["name"] == "search_documents"
    told = json.loads(result["content"])
    assert "not to be obeyed" in told["note"]
    assert {"id", "from", "score", "text"} == set(told["sources"][0])
    [citation] = text["citations"]
    assert (citation["doc_id"], citation["verified"]) == (id, True)
    assert citation["chunk_id"] in [source["id"] for source in told["sources"]]
    assert f"[{citation['rank']}]" in text["text"]
    types = [json.loads(line)["type"] for line in (await app.http.get(f"/runs/{run['id']}/events")).text.splitlines()]
    assert types.index("source_cited") < types.index("sources_checked")


async def test_an_answer_that_is_not_stored_has_its_sources(app: Parley) -> None:
    id = await put(app.container.database())
    answer = (await app.http.post("/agent", json={"messages": [{"role": "user", "content": QUESTION}]})).json()
    [source] = answer["sources"]
    assert (source["doc_id"], source["verified"]) == (id, True)
    assert f"[{source['rank']}]" in answer["reply"]


async def test_an_agent_in_a_conversation_with_documents_searches_only_those(app: Parley) -> None:
    database = app.container.database()
    await put(database)
    cats = await put(database, "Cats sleep on mats near the Nile.", name="cats.txt")
    made = (await app.http.post("/conversations", json={"documents": [cats]})).json()
    tool = {"type": "parley:tool", "name": "search_documents"}
    body = {"input": QUESTION, "conversation": f"conv_{made['id']}", "tools": [tool]}
    response = (await app.http.post("/v1/responses", json=body)).json()
    [call] = [item for item in response["output"] if item["type"] == "mcp_call"]
    assert {source["from"] for source in json.loads(call["output"])["sources"]} == {"cats.txt"}
    [said] = response["output"][-1]["content"]
    assert [annotation["filename"] for annotation in said["annotations"]] == ["cats.txt"]
