"""The bytes of uploads."""

from typing import NewType

BlobId = NewType("BlobId", str)
"""Names bytes in whatever store keeps them: drawn at random, never made of what somebody sent."""
