"""Serves an application on a free port, and says where."""

import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn


def serve(make_app: Callable[[str], Any]) -> None:
    """Serves the application that is made for the URL, which is written to stdout."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        app = make_app(url)
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
