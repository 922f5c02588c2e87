"""A server in a process of its own: it can be killed, and started again on the same file.

The socket that it listens on belongs to whoever starts it, so that clients who come while there
is no server wait for the next one.
"""

import asyncio
import logging
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import uvicorn

from a2a_agent import Settings, create_app
from tests.support.resuming.narrator import narrate

_ROOT = Path(__file__).parents[3]
_STOP_SECONDS = 20


class ServerProcess:
    """The narrator's endpoint, with its tasks in a SQLite file."""

    def __init__(self, file: Path) -> None:
        self.store = f"sqlite:///{file}"
        self.log = file.with_suffix(".log")
        """What the server has to say."""
        self.kills = 0
        # asyncio turns Nagle's algorithm off only for sockets that say that they are TCP.
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1000)
        self._process = self._started()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.getsockname()
        return host, port

    @property
    def condition(self) -> str:
        """How the process is, for whoever has to say why it does not answer."""
        code = self._process.poll()
        if code is None:
            return "the server is running"
        return f"the server has ended with {code}:\n{self.log.read_text()[-2000:]}"

    async def kill(self) -> None:
        """Kills the server as nothing can be killed more, and starts another one."""
        self.kills += 1
        self._process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)
        self._process = self._started()

    def __enter__(self) -> "ServerProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._listener.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        listener = self._listener.fileno()
        command = [sys.executable, "-m", __name__, str(listener), self.store]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, pass_fds=[listener], cwd=_ROOT, stderr=log)


def serve(listener: int, store: str) -> None:
    """What the process does."""
    logging.basicConfig(level=logging.WARNING)
    settings = Settings(store=store, shutdown_timeout_seconds=0.0)
    config = uvicorn.Config(
        create_app(narrate, settings=settings), log_config=None, timeout_graceful_shutdown=5
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
