"""Server-Sent Events: one JSON-RPC response an event, numbered (HTML Living Standard §9.2)."""

KEEP_ALIVE = b": keep-alive\n\n"


def event(data: bytes, number: int | None = None) -> bytes:
    """An event whose data is one line of JSON; its id is the number in the task's log."""
    if number is None:
        return b"data: %b\n\n" % data
    return b"id: %d\ndata: %b\n\n" % (number, data)
