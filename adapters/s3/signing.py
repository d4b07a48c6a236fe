"""Signature version 4, as Amazon describes it ("Authenticating Requests: Using the Authorization Header")."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "s3"


@dataclass(frozen=True, slots=True)
class Credentials:
    key_id: str
    secret: str = field(repr=False)
    region: str = "us-east-1"
    session_token: str | None = field(default=None, repr=False)


def query_of(params: Mapping[str, str]) -> str:
    """The query as it is signed, and therefore sent."""
    return "&".join(f"{quote(name, safe='')}={quote(params[name], safe='')}" for name in sorted(params))


def signed_headers(
    credentials: Credentials, method: str, url: str, params: Mapping[str, str], body: bytes, *, now: datetime
) -> dict[str, str]:
    """What to send with the request to `url`, which has no query of its own and whose path is quoted already."""
    parts, moment = urlsplit(url), now.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join((method, parts.path or "/", query_of(params), listed, names, digest))
    scope = f"{moment[:8]}/{credentials.region}/{SERVICE}/aws4_request"
    to_sign = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret}".encode()
    for step in (moment[:8], credentials.region, SERVICE, "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"{credentials.key_id}/{scope}"
    headers["authorization"] = f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers
