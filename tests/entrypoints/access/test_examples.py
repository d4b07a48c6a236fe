"""The examples of the routes of users and keys run where there are logins."""

from tests.entrypoints.test_documentation import OF_LOGINS, bodies_of, check, operations
from tests.support.app import Parley
from tests.support.people import ADMIN, PASSWORD, guarded, join, log_in

ELSEWHERE = {
    ("/auth/login", "post"), ("/auth/register", "post"), ("/auth/refresh", "post"), ("/auth/logout", "post"),
    ("/auth/oidc/login", "get"), ("/auth/oidc/login", "post"), ("/auth/oidc/callback", "get"),
}  # fmt: skip
"""What people.py does for every test, what ends the login that others need, and what needs a provider: test_oidc.py."""


async def test_every_example_about_accounts_runs_and_is_answered_as_documented() -> None:
    async with guarded(registration="open") as app:
        spec = (await app.http.get("/openapi.json")).json()
        register = spec["components"]["schemas"]["RegisterBody"]["examples"][0]
        assert (await app.http.post("/auth/register", json=register)).status_code == 201
        ben = await join(app, "ben")
        ann = await log_in(app, 1, register["username"])
        headers = {**ann.headers, "origin": app.url}  # as a page of this server sends it
        await app.http.post("/admin/invitations", headers=ADMIN)
        ran = set()
        last = {("/me/password", "post"): 1, ("/me", "delete"): 2}
        mine = [each for each in operations(spec) if each[0].startswith(OF_LOGINS)]
        for path, verb, operation in sorted(mine, key=lambda each: (last.get(each[:2], 0), each[1] == "delete")):
            if (path, verb) in ELSEWHERE:
                continue
            for example in bodies_of(operation, spec):
                ids = dict.fromkeys(("/admin/users/{id}", "/admin/users/{id}/limits"), ben.id)
                ids |= {"/admin/invitations/{id}": 1, "/api-keys/{id}": 1}
                where = path.format(id=await newest(app, path, ids, ann.headers))
                body = {**example, "password": "four dogs in a boat"} if path == "/me" and verb == "delete" else example
                response = await app.http.request(verb.upper(), where, json=body, headers=headers)
                assert response.status_code < 300, (verb, path, response.text)
                check(response, operation, spec)
                ran.add((path, verb))
        assert len(ran) == len(mine) - len(ELSEWHERE)
        gone = await app.http.post("/auth/login", data={"username": "ann", "password": PASSWORD})
        assert gone.status_code == 401


async def newest(app: Parley, path: str, ids: dict[str, int], headers: dict[str, str]) -> int:
    """The id of the thing that a path is about: of keys and invitations the newest."""
    if path in ("/api-keys/{id}", "/admin/invitations/{id}"):
        listed = (await app.http.get(path.removesuffix("/{id}"), headers=headers)).json()
        return int(listed[0]["id"])
    return ids.get(path, 0)
