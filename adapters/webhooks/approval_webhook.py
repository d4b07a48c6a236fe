"""Open questions as signed POSTs to one address, by the conventions of Standard Webhooks (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import json
from typing import Any

import aiohttp

from application.ports.approval_notifier import ApprovalNotifier, NoticeNotTaken
from application.ports.clock import Now
from domain.approval import Approval

ANSWER_SECONDS = 10.0


class ApprovalWebhook(ApprovalNotifier):
    """`secret` signs: HMAC-SHA256 over `id.timestamp.body`, in base64, as `webhook-signature: v1,...`.

    Any 2xx answer takes a notice. Redirects are not followed. `webhook-id` is the same each time a question is told of.
    """

    def __init__(self, url: str, secret: str, *, now: Now, timeout_seconds: float = ANSWER_SECONDS) -> None:
        self._url, self._secret, self._now = url, secret.encode(), now
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._http: aiohttp.ClientSession | None = None

    async def notify(self, approval: Approval) -> None:
        body = json.dumps(self._event(approval), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **self._signed(f"approval_{approval.id}", body)}
        try:
            posting = self._session().post(self._url, data=body, headers=headers, allow_redirects=False)
            async with posting as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoticeNotTaken(f"the webhook could not be reached ({type(error).__name__})") from error
        if not 200 <= status < 300:
            raise NoticeNotTaken(f"the webhook answered {status}")

    async def aclose(self) -> None:
        if self._http:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=self._timeout)
        return self._http

    def _event(self, approval: Approval) -> dict[str, Any]:
        request = approval.request
        return {
            "type": "approval.requested",
            "timestamp": request.requested_at.isoformat(),
            "data": {
                "id": approval.id,
                "run_id": request.run_id,
                "conversation_id": approval.conversation_id,
                "tool": request.tool,
                "arguments": request.arguments,
                "arguments_hash": approval.arguments_hash,
                "reason": request.reason.value,
                "expires_at": request.expires_at.isoformat() if request.expires_at else None,
            },
        }

    def _signed(self, id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._now().timestamp()))
        signed = hmac.new(self._secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
