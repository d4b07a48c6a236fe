"""How secrets that were drawn at random are kept: they cannot be guessed, so a fast hash is enough."""

import hashlib
import hmac


def secret_hash(secret: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_hash_of(secret: str, hash: str) -> bool:
    """In the same time wherever they differ."""
    return hmac.compare_digest(secret_hash(secret), hash)
