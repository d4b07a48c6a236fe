"""Things of a person: one of each kind that has an id."""

from typing import Any

from tests.support.app import Parley, until
from tests.support.people import Person, make_key

MARKER = "heliotrope"


async def things_of(app: Parley, person: Person) -> dict[str, Any]:
    """One of each kind of thing that has an id, with the marker in it."""

    async def made(path: str, body: dict[str, Any], key: str = "key-1") -> Any:
        headers = {**person.headers, "idempotency-key": f"{path}{key}"}
        response = await app.http.post(path, json=body, headers=headers)
        assert response.status_code < 300, (path, response.text)
        return response

    chat = (await made("/chat", {"message": f"call me {MARKER}"})).json()
    messages = (await app.http.get(f"/conversations/{chat['conversation_id']}/messages", headers=person.headers)).json()
    prompt = f'call calculator with {{"expression": "1"}} {MARKER}'
    session = (await made("/agent/sessions", {"initial_prompt": prompt})).json()["session_id"]

    async def pending() -> Any:
        return (await app.http.get("/approvals?status=pending", headers=person.headers)).json()

    await until(pending, seconds=20)
    blog = (await made("/workflows/blog/runs", {"topic": MARKER, "target_audience": "all"})).json()

    async def written() -> bool:
        run = await app.http.get(f"/runs/{blog['id']}", headers=person.headers)
        return bool(run.json()["status"] == "completed")

    await until(written, seconds=20)
    response = (await made("/v1/responses", {"input": MARKER})).json()
    conversation = (await made("/v1/conversations", {"items": [{"role": "user", "content": MARKER}]})).json()["id"]
    items = await app.http.get(f"/v1/conversations/{conversation}/items", headers=person.headers)
    body = {"id": "chat-of-ann", "messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": MARKER}]}]}
    await made("/ai-sdk/chat", body)
    files = {"file": (f"{MARKER}.txt", f"{MARKER} of her own".encode())}
    document = (await app.http.post("/documents", files=files, headers=person.headers)).json()

    async def taken_in() -> bool:
        seen = await app.http.get(f"/documents/{document['document_id']}", headers=person.headers)
        return bool(seen.json()["status"] == "ready")

    await until(taken_in, seconds=30)
    file = f"file_{document['document_id']}"
    store = (await made("/v1/vector_stores", {"name": MARKER})).json()["id"]
    batch = (await made(f"/v1/vector_stores/{store}/file_batches", {"file_ids": [file]})).json()["id"]
    return {
        "document": document["document_id"],
        "file": file,
        "vector_store": store,
        "batch": batch,
        "conversation": chat["conversation_id"],
        "message": messages["messages"][0]["id"],
        "run": messages["messages"][-1]["run_id"],
        "session": session,
        "approval": (await pending())[0]["id"],
        "workflow_run": blog["id"],
        "response": response["id"],
        "v1_conversation": conversation,
        "item": items.json()["data"][0]["id"],
        "chat": "chat-of-ann",
        "key": (await make_key(app, person.headers, "read"))[0],
    }
