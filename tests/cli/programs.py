"""The program in processes of its own, for what only processes show: signals, ports, exit codes."""

import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO

from tests.cli.peers import LIMIT_SECONDS


class Program:
    """A running `a2a-agent`. What it writes is read while it runs."""

    def __init__(self, *words: str, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "a2a_agent", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=directory,
        )
        assert self._process.stdout and self._process.stderr
        self.out = Output(self._process.stdout)
        self.err = Output(self._process.stderr)

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal to it."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended and all it wrote is read."""
        code = self._process.wait(LIMIT_SECONDS)
        self.out.read_to_end()
        self.err.read_to_end()
        return code

    def close(self) -> None:
        """Ends it, if it has not ended yet."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(LIMIT_SECONDS)
        self.out.close()
        self.err.close()


class Output:
    """What a program has written so far to one of its streams."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._pieces: queue.Queue[bytes] = queue.Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()
        self._read_so_far = b""

    @property
    def text(self) -> str:
        """All that was read."""
        return self._read_so_far.decode()

    def read_until(self, text: str) -> str:
        """All that was written up to a text, and a little more; fails if it does not come."""
        while text not in self.text:
            piece = self._pieces.get(timeout=LIMIT_SECONDS)
            assert piece, f"{text!r} did not come, but {self.text!r}"
            self._read_so_far += piece
        return self.text

    def read_to_end(self) -> None:
        """Reads all there will be."""
        while piece := self._pieces.get(timeout=LIMIT_SECONDS):
            self._read_so_far += piece
        self._pieces.put(b"")

    def close(self) -> None:
        """Waits for the reader, whose stream has ended."""
        self._reader.join(LIMIT_SECONDS)
        self._stream.close()

    def _read(self) -> None:
        while piece := os.read(self._stream.fileno(), 65536):
            self._pieces.put(piece)
        self._pieces.put(b"")


@contextmanager
def program(*words: str, directory: Path) -> Iterator[Program]:
    """A program that runs meanwhile."""
    running = Program(*words, directory=directory)
    try:
        yield running
    finally:
        running.close()


@contextmanager
def serving(*words: str, directory: Path) -> Iterator[tuple[Program, str]]:
    """A server on a free port, once it answers; and its base URL."""
    with program("serve", *words, "--port", "0", directory=directory) as server:
        banner = server.err.read_until("  try   a2a-agent send")
        url = next(line.split()[1] for line in banner.splitlines() if line.startswith("  URL"))
        yield server, url
