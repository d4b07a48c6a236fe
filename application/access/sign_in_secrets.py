"""What ties one sign-in together, all made of one seed that only the browser keeps: nothing is stored."""

import hashlib
from base64 import urlsafe_b64encode

from application.ports.identity_provider import SignInSecrets


def secrets_of(seed: str) -> SignInSecrets:
    """The seed is a secret of 256 bits; nobody finds it from what is made of it, nor one of these from another.

    A verifier is 43 characters long, as RFC 7636 (4.1) wants it.
    """
    return SignInSecrets(_made(seed, "state"), _made(seed, "nonce"), _made(seed, "verifier"))


def _made(seed: str, purpose: str) -> str:
    digest = hashlib.sha256(f"parley sign-in {purpose} {seed}".encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
