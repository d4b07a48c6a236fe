"""Asking documents over HTTP, with the demo model: sources before their numbers, and a plain no."""

import json
from typing import Any

from domain.access import LOCAL_OWNER, Principal
from domain.citation import Grounding
from domain.retrieval.not_found import ENGLISH
from domain.run import RunId
from tests.support.app import Parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.documents import lines as text_lines
from tests.support.documents import pdf
from tests.support.library import RIVERS, put

QUESTION = "How long is the Nile in kilometres?"
KEYS = {
    "rank", "filename", "score", "excerpt", "doc_id", "chunk_id", "page", "quote", "verified", "start", "end", "version"
}  # fmt: skip


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@EVERY_DATABASE
async def test_an_answer_cites_the_words_that_bear_it_out(app: Parley) -> None:
    id = await put(app.container.database(), paged=True)
    answer = (await app.http.post("/rag/chat", json={"question": QUESTION, "top_k": 2})).json()
    [source] = answer["sources"]
    assert f"[{source['rank']}]" in answer["answer"]
    assert set(source) == KEYS
    assert (source["doc_id"], source["filename"], source["page"]) == (id, "rivers.txt", 2)
    assert source["verified"]
    assert source["quote"] == RIVERS[source["start"] : source["end"]]
    assert "6650 kilometres" in source["quote"]
    assert (answer["status"], answer["model"]) == ("completed", "demo:parrot")

    shown = (await app.http.get(f"/conversations/{answer['conversation_id']}/messages")).json()["messages"]
    [question, reply] = shown
    assert question["content"] == QUESTION
    assert reply["content"] == answer["answer"]
    assert [part["citations"] for part in reply["parts"]] == [[source]]
    run = await app.container.get_run()(Principal(LOCAL_OWNER), RunId(answer["run_id"]))
    assert run.settings.grounding == Grounding(passages=2)


async def test_a_source_comes_before_its_number_in_lines_and_in_events(app: Parley) -> None:
    await put(app.container.database())
    key = {"Idempotency-Key": "once"}
    streamed = await app.http.post("/rag/chat/stream", json={"question": QUESTION}, headers=key)
    said = lines(streamed.text)
    assert streamed.headers["content-type"] == "application/x-ndjson"
    assert said[0]["run_id"]
    assert said[-1]["done"]
    [announced] = [place for place, line in enumerate(said) if "source" in line]
    assert f"[{said[announced]['source']['rank']}]" not in "".join(line.get("token", "") for line in said[:announced])
    [checked] = [line["sources"] for line in said if "sources" in line]
    assert [source["verified"] for source in checked] == [True]
    assert (await app.http.post("/rag/chat/stream", json={"question": QUESTION}, headers=key)).text == streamed.text

    events = (
        await app.http.post("/rag/chat/stream", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    ).text
    assert events.index("event: source\n") < events.index("event: sources\n") < events.index("event: done\n")
    assert json.loads(events.split("event: source\n")[1].split("data: ")[1].splitlines()[0])["rank"] == 1
    again = await app.http.get(f"/runs/{said[0]['run_id']}/events")
    types = [line["type"] for line in lines(again.text)]
    assert types[0] == "step_finished"
    assert types.index("source_cited") < types.index("sources_checked") < types.index("run_finished")


async def test_what_documents_do_not_say_is_said_plainly(app: Parley) -> None:
    id = await put(app.container.database())
    for body in ({"question": "Who painted Guernica?"}, {"question": "Who painted Guernica?", "doc_id": id}):
        answer = (await app.http.post("/rag/chat", json=body)).json()
        assert (answer["answer"], answer["sources"], answer["status"]) == (ENGLISH, [], "completed")
    gone = await app.http.post("/rag/chat", json={"question": "Who?", "doc_id": 900})
    assert (gone.status_code, gone.json()["code"]) == (404, "document_not_found")


async def test_a_follow_up_question_is_searched_with_what_was_said(app: Parley) -> None:
    await put(app.container.database())
    first = (await app.http.post("/rag/chat", json={"question": QUESTION})).json()
    body = {"question": "Which countries does it flow through?", "conversation_id": first["conversation_id"]}
    second = (await app.http.post("/rag/chat", json=body)).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert "eleven countries" in second["sources"][0]["quote"]
    log = lines((await app.http.get(f"/runs/{second['run_id']}/events")).text)
    assert log[0]["output"] == f"{QUESTION} {body['question']}"


async def test_from_an_upload_to_a_page_and_gone_again(app: Parley) -> None:
    content = pdf(text_lines("This is the preface."), text_lines("The word of the day is heliotrope."))
    made = (await app.http.post("/documents", files={"file": ("words.pdf", content)})).json()
    id = made["document_id"]

    async def is_ready() -> bool:
        return bool((await app.http.get(f"/documents/{id}")).json()["status"] == "ready")

    await until(is_ready, seconds=30)
    body = {"question": "What is the word of the day?"}
    [source] = (await app.http.post("/rag/chat", json=body)).json()["sources"]
    assert (source["doc_id"], source["page"], source["verified"]) == (id, 2, True)
    assert "heliotrope" in source["quote"]
    assert (await app.http.delete(f"/documents/{id}")).is_success
    after = (await app.http.post("/rag/chat", json=body)).json()
    assert (after["answer"], after["sources"]) == (ENGLISH, [])
