"""A client that takes its time."""

import socket
from collections.abc import Iterator


def drips(connection: socket.socket) -> Iterator[bytes]:
    """What the server says while it is sent a byte now and then, until it hangs up."""
    connection.settimeout(0.02)
    while True:
        try:
            if not (received := connection.recv(65536)):
                return
            yield received
        except TimeoutError:
            connection.send(b" ")
        except ConnectionError:  # it did not wait for our latest byte
            return
