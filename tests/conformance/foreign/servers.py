"""Small agents of other people's SDKs, each in a process and an environment of its own.

Their programs do what a message's id says (`programs/scenes.json`); they are made by
`make foreign`.
"""

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.judging import judge
from conformance.options import parsed
from conformance.runner import Finished, Ledger
from conformance.verdict import Verdict

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
START_SECONDS = 60.0
REPLY_SECONDS = 6.0
"""Longer than the longest task, so that whoever waits for one gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An agent: its program's words, and what is special about its failures."""

    name: str
    versions: Sequence[str]
    words: Sequence[str]
    sometimes: frozenset[str] = frozenset()
    """Requirements that fail in some runs only: they are in no baseline."""

    @property
    def baseline(self) -> Path:
        """The file of the failures that are known."""
        return HERE / "baselines" / f"{self.name}.json"

    @property
    def command(self) -> list[str]:
        """What starts it. Raises FileNotFoundError where its environment has not been made."""
        environment = self.words[0]
        if environment.startswith("sdk_js"):
            installed = HERE / environment / "node_modules"
            command = ["node", str(HERE / environment / "agent.mjs")]
        else:
            installed = ROOT / ".venv-foreign" / environment
            python = str(installed / "bin" / "python")
            command = [python, str(HERE / "programs" / f"agent_{environment}.py")]
        if not installed.exists():
            raise FileNotFoundError(f"{installed} is not there; make it with: make foreign")
        return [*command, *self.words[1:]]


SERVERS = (
    Server(
        name="sdk13",
        versions=("0.3", "1.0"),
        words=("sdk13",),
        # Whether two cancels meet is chance.
        sometimes=frozenset(
            {
                "stream.closes-at-the-end",
                "stream.nothing-after-the-end",
                "tasks.canceled-twice-at-once-is-canceled-once",
            }
        ),
    ),
    Server(name="sdk03", versions=("0.3",), words=("sdk03",)),
    Server(name="fasta2a", versions=("1.0",), words=("fasta2a",)),
    Server(name="fasta2a-0.3", versions=("0.3",), words=("fasta2a", "0.3")),
    Server(name="sdk-js10", versions=("0.3", "1.0"), words=("sdk_js10",)),
    Server(name="sdk-js03", versions=("0.3",), words=("sdk_js03",)),
)


@contextmanager
def serving(server: Server, log: Path) -> Iterator[str]:
    """The URL of the server, for as long as the block runs; what it logs goes into the file."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            server.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    # Killed, it ends what it writes: reading the line ends at the latest then.
    impatience = threading.Timer(START_SECONDS, process.kill)
    impatience.start()
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        impatience.cancel()
        assert url, f"the server has not started:\n{log.read_text(errors='replace')}"
        yield url
    finally:
        impatience.cancel()
        process.kill()
        process.communicate()


async def judged(server: Server, log: Path) -> Finished:
    """The whole run of the suite, of all versions that its card offers."""
    with serving(server, log) as url:
        options = parsed(url, scenarios=True, timeout_seconds=REPLY_SECONDS)
        async with aclosing(judge(options, Ledger())) as events:
            *_, last = [event async for event in events]
    assert isinstance(last, Finished)
    return last


def warned(finished: Finished, version: str) -> set[str]:
    """The requirements of the version that were only warned of."""
    return {
        one.requirement.id
        for one in finished.results
        if one.version == version and one.verdict is Verdict.WARN
    }
