"""Servers under measurement: each a uvicorn of its own, with one worker on one core."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.client import HOST
from benchmarks.machine import Cores, ProcessUsage

START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 10.0
UVICORN_OPTIONS = (
    *("--workers", "1", "--loop", "uvloop", "--http", "httptools"),
    *("--no-access-log", "--log-level", "warning"),
)


class ServerDiedError(Exception):
    """A server did not start, or ended by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKind:
    """What to start. `{folder}` in the environment's values is a new empty folder."""

    name: str
    factory: str
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    """What has to run with it, on the core of the load."""


FLOOR = ServerKind(name="floor", factory="benchmarks.floor:build")
MEMORY = ServerKind(
    name="memory",
    factory="benchmarks.server:build",
    environment={"A2A_AGENT_STORE": "memory:"},
)
SQLITE = ServerKind(
    name="sqlite",
    factory="benchmarks.server:build",
    environment={"A2A_AGENT_STORE": "sqlite:///{folder}/tasks.db"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    kind: ServerKind
    port: int
    usage: ProcessUsage
    log: Path

    def complaints(self) -> list[str]:
        """The lines it logged: warnings and worse."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]


@contextmanager
def running(kind: ServerKind, cores: Cores) -> Iterator[Server]:
    """A server that accepts connections; it is stopped and its files are removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="benchmarks-"))
    try:
        process, server = _start(kind, cores, folder)
        try:
            _await_port(process, server)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(
    kind: ServerKind, cores: Cores, folder: Path
) -> tuple["subprocess.Popen[bytes]", Server]:
    port, log = free_port(), folder / "log"
    own = {key: value for key, value in os.environ.items() if not key.startswith("A2A_AGENT_")}
    given = {key: value.format(folder=folder) for key, value in kind.environment.items()}
    command = [sys.executable, "-m", "uvicorn", "--factory", kind.factory, *UVICORN_OPTIONS]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", HOST, "--port", str(port)],
            env={**own, **given},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    os.sched_setaffinity(process.pid, {cores.server})
    return process, Server(kind=kind, port=port, usage=ProcessUsage(process.pid), log=log)


def _await_port(process: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise ServerDiedError(f"{server.kind.name} did not start:\n{server.log.read_text()[-3000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
