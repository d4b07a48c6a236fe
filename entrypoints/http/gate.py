"""Nothing gets past without a principal that may: the one place where callers are let in, thrown out and recorded."""

import asyncio
import logging
import re
from collections.abc import Awaitable
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.limits.limit_book import InForce
from application.limits.limit_gate import LimitGate
from application.limits.spender import spend_as, spender_of
from domain.access import CallerKind, Need, OwnerId, Principal, may
from domain.errors import Forbidden, LimitReached, Refusal, StorageUnavailable, Unauthenticated
from entrypoints.http.access import Gate, address_of
from entrypoints.http.limit_headers import limit_headers
from entrypoints.http.open_connections import Connection, OpenConnections
from entrypoints.http.problems import problem_response, refusal_body, retry_headers
from entrypoints.http.route_table import LOG_IN, REFRESH, RouteTable, Rule
from entrypoints.openai.errors import speaks_openai

log = logging.getLogger(__name__)

THROWN_OUT = "What you were let in with is not valid any more"
PLAIN_TARGET = re.compile(r"[\w/.-]{1,200}", re.ASCII)
SOCKET_POLICY_VIOLATION = 1008
SOCKET_ANSWERS = "websocket.http.response"


class Record(Protocol):
    """As RecordAudit."""

    def __call__(
        self, *, who: str, owner: OwnerId | None, action: str, target: str, address: str, outcome: str
    ) -> Awaitable[None]: ...


class Access:
    def __init__(
        self,
        app: ASGIApp,
        *,
        gate: Gate,
        table: RouteTable,
        connections: OpenConnections,
        record: Record,
        trusted_proxies: int = 0,
        limits: LimitGate | None = None,
    ) -> None:
        self.app = app
        self.gate = gate
        self.table = table
        self.connections = connections
        self.record = record
        self.trusted_proxies = trusted_proxies
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        rule = self.table.find(scope)
        scope["address"] = address_of(scope, self.trusted_proxies)
        try:
            principal = await self._let_in(scope, rule)
        except Refusal as refusal:
            return await _refuse(refusal, scope, receive, send)
        if rule.audited:
            send = self._recorded(scope, rule.audited, send)
        if principal is None or self.limits is None:
            return await self._serve(rule, principal, scope, receive, send)
        await self._within_limits(self.limits, rule, principal, scope, receive, send)

    async def _serve(self, rule: Rule, principal: Principal | None, scope: Scope, receive: Receive, send: Send) -> None:
        if principal is None or (connection := self._entered(scope, rule, principal)) is None:
            return await self.app(scope, receive, send)
        await self._until_revoked(connection, scope, receive, send)

    async def _within_limits(
        self, limits: LimitGate, rule: Rule, principal: Principal, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Calls of models find out by the task whom they are for, and what that one may still spend."""
        spender = spender_of(principal)
        spend_as(spender)
        if not rule.spends and not rule.stays:
            return await self._serve(rule, principal, scope, receive, send)
        try:
            in_force = await limits.book.of(spender)
            send = _telling(limits, in_force, scope, send)
            admission = await limits.enter(in_force, spends=rule.spends, stays=rule.stays)
        except Refusal as refusal:
            return await _refuse(refusal, scope, receive, send)
        try:
            await self._serve(rule, principal, scope, receive, send)
        finally:
            await admission.aclose()

    async def _let_in(self, scope: Scope, rule: Rule) -> Principal | None:
        if rule.need is Need.NOTHING and (self.gate.logs_in or rule.is_health):
            return None
        principal = await self._known(scope)
        if not may(principal, rule.need, looks=rule.looks):
            raise Forbidden(_why_not(principal, rule.need))
        scope["principal"] = principal
        return principal

    async def _known(self, scope: Scope) -> Principal:
        """Who is refused too often from one place is not looked at for a while, unless known to be good."""
        if self.limits is None:
            return self.gate.known(scope) or await self.gate.ask(scope)
        try:
            if (principal := self.gate.known(scope)) is not None:
                return principal
            self.limits.check_address(scope["address"])
            return await self.gate.ask(scope)
        except Unauthenticated:
            await self.limits.was_refused(scope["address"])
            raise

    def _entered(self, scope: Scope, rule: Rule, principal: Principal) -> Connection | None:
        """A short request about an account or its rights goes on to its end: it may be the one that revokes."""
        if rule.need not in (Need.CHAT, Need.DOCUMENTS, Need.READ) and not rule.looks:
            return None
        return self.connections.enter(principal)

    async def _until_revoked(self, connection: Connection, scope: Scope, receive: Receive, send: Send) -> None:
        last = ""

        async def noted(message: Message) -> None:
            nonlocal last
            ends = message["type"] == "http.response.body" and not message.get("more_body")
            last = "end" if ends else message["type"]
            await send(message)

        try:
            await self.app(scope, receive, _accepting(scope, noted))
        except asyncio.CancelledError:
            if not connection.ended:
                raise
            connection.task.uncancel()
        finally:
            self.connections.leave(connection)
        if connection.ended:
            await _throw_out(last, scope, receive, send)

    def _recorded(self, scope: Scope, action: str, send: Send) -> Send:
        """Who reads the answer may be sure that it is written down."""

        async def recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._write_down(scope, action, message["status"])
            await send(message)

        return recorded

    async def _write_down(self, scope: Scope, action: str, status: int) -> None:
        principal: Principal | None = scope.get("principal")
        owner = scope.get("audit_owner") or (principal.owner if principal else None)
        if not _is_kept(action, status, owner):
            return
        target = scope.get("audit_target") or scope["path"]
        try:
            await self.record(
                who=principal.name if principal else str(owner or "nobody"),
                owner=owner,
                action=action,
                target=target if PLAIN_TARGET.fullmatch(target) else "",
                address=scope["address"],
                outcome="ok" if status < 400 else f"refused ({status})",
            )
        except StorageUnavailable:
            log.warning("not in the audit log, because the database does not answer: %s, status %s", action, status)


def _telling(limits: LimitGate, in_force: InForce, scope: Scope, send: Send) -> Send:
    """The answer says what is left when it begins."""

    async def telling(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            standings = limits.standings(in_force)
            told = limit_headers(standings, in_openais_words=speaks_openai(scope))
            message = {**message, "headers": [*message.get("headers", ()), *told]}
        await send(message)

    return telling


def _is_kept(action: str, status: int, owner: OwnerId | None) -> bool:
    """Not what anybody can ask for without end and without doing anything."""
    if status in (404, 422, 429) or (owner is None and (action != LOG_IN or status < 400)):
        return False
    return action != REFRESH or status >= 400


def _accepting(scope: Scope, send: Send) -> Send:
    """A browser that offers subprotocols wants to hear which one it is."""
    if scope["type"] != "websocket" or "parley" not in scope["subprotocols"]:
        return send

    async def naming(message: Message) -> None:
        if message["type"] == "websocket.accept" and not message.get("subprotocol"):
            message = {**message, "subprotocol": "parley"}
        await send(message)

    return naming


def _why_not(principal: Principal, need: Need) -> str:
    if need is Need.ACCOUNT:
        return "This key may not do that: log in, or use one with every scope"
    if need is Need.ADMIN and not principal.is_admin and principal.kind is not CallerKind.KEY:
        return "This is for admins"
    return f"This key may not do that: it needs the scope {need.value!r}"


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        if not isinstance(refusal, LimitReached) or SOCKET_ANSWERS not in scope.get("extensions", {}):
            return await send(_closed(str(refusal)))
    headers = retry_headers(refusal.retry_after_seconds)
    if isinstance(refusal, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    await problem_response(scope, refusal_body(refusal, scope["request_id"]), headers)(scope, receive, send)


async def _throw_out(last: str, scope: Scope, receive: Receive, send: Send) -> None:
    """End what was begun: an answer that had begun just stops, without what its kind of stream ends with."""
    if last in ("end", "websocket.close"):
        return
    if scope["type"] == "websocket":
        await send(_closed(THROWN_OUT))
    elif not last:
        await _refuse(Unauthenticated(THROWN_OUT), scope, receive, send)
    else:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _closed(reason: str) -> Message:
    return {"type": "websocket.close", "code": SOCKET_POLICY_VIOLATION, "reason": reason[:120]}
