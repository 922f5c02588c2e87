"""Ids of tasks and contexts: UUIDs of version 4, random and so unguessable (RFC 9562 §5.4)."""

from os import urandom


def new_id() -> str:
    """A new UUID. Written out here because `str(uuid.uuid4())` takes four times as long."""
    digits = urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
