"""Server-Sent Events: one JSON-RPC response an event (HTML Living Standard §9.2)."""

KEEP_ALIVE = b": keep-alive\n\n"


def event(data: bytes) -> bytes:
    """An event of no log, so without an id; its data is one line of JSON."""
    return b"data: %b\n\n" % data
