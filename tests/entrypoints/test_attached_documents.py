"""Conversations that are about documents: attached, shown, answered from, detached."""

from domain.retrieval.not_found import ENGLISH
from tests.support.app import Parley
from tests.support.library import put

QUESTION = "How long is the Nile in kilometres?"


async def test_every_answer_in_it_rests_on_its_documents(app: Parley) -> None:
    database = app.container.database()
    rivers, cats = await put(database), await put(database, "Cats sleep on mats near the Nile.", name="cats.txt")
    begun = (await app.http.post("/conversations", json={"documents": [rivers, rivers]})).json()
    assert begun["documents"] == [rivers]
    ask = {"message": QUESTION, "conversation_id": begun["id"]}
    answer = (await app.http.post("/chat", json=ask)).json()
    assert [source["doc_id"] for source in answer["sources"]] == [rivers]
    assert "[2]" in answer["reply"]  # small documents go in whole, and this is the second passage
    other = (await app.http.post("/chat", json={**ask, "message": "What is the mass of the electron?"})).json()
    assert (other["reply"], "sources" in other) == (ENGLISH, False)

    changed = (await app.http.patch(f"/conversations/{begun['id']}", json={"documents": [cats]})).json()
    assert changed["documents"] == [cats]
    body = {"question": "Where do cats sleep?", "conversation_id": begun["id"]}
    again = (await app.http.post("/rag/chat", json=body)).json()
    assert [source["doc_id"] for source in again["sources"]] == [cats]
    async with database.begin() as tx:
        await tx.documents.delete(cats, owner="local")
        await tx.commit()
    shown = (await app.http.get(f"/conversations/{begun['id']}")).json()
    assert shown["documents"] == []
    plain = (await app.http.post("/chat", json=ask)).json()
    assert plain["reply"].startswith("> How long is the Nile")


async def test_a_question_brings_its_documents_along(app: Parley) -> None:
    rivers = await put(app.container.database())
    asked = (await app.http.post("/chat", json={"message": QUESTION, "documents": [rivers]})).json()
    assert len(asked["sources"]) == 1
    id = asked["conversation_id"]
    assert (await app.http.get(f"/conversations/{id}")).json()["documents"] == [rivers]
    without = {"message": QUESTION, "conversation_id": id, "documents": []}
    assert "sources" not in (await app.http.post("/chat", json=without)).json()
    assert (await app.http.get(f"/conversations/{id}")).json()["documents"] == []
    run = (await app.http.post("/runs", json={"message": QUESTION, "documents": [rivers]})).json()
    assert (await app.http.get(f"/conversations/{run['conversation_id']}")).json()["documents"] == [rivers]
    gone = await app.http.post("/chat", json={"message": "x", "documents": [900]})
    assert (gone.status_code, gone.json()["code"]) == (404, "document_not_found")
    many = await app.http.post("/conversations", json={"documents": list(range(1, 102))})
    assert many.status_code == 422
    stateless = {"messages": [{"role": "user", "content": "x"}], "documents": [rivers]}
    assert (await app.http.post("/chat", json=stateless)).status_code == 422
