"""Agents of real frameworks, each served by the program from an environment of its own.

They ask the scripted model server, which plays what a message names: `play:SCRIPT@TAG`.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.frameworks.frames import Talk
from tests.support.dialects import Dialect
from tests.support.endpoint import Endpoint
from tests.support.fake_openai import Fake, Script, running
from tests.support.stage import Stage

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
"""For a framework to be imported and its agent made, on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework, and how its agent in `programs` differs from the others."""

    name: str
    """Of its environment; its program is called the same, with underscores."""
    agent: str = "agent"
    """What to serve of the program: an agent's object, or a function that makes it."""
    weather: str = "get_weather"
    add: str = "add"
    broken: str = "broken_tool"
    """What its tools are called by the model, and shown as."""
    scripts: Mapping[str, Script] = field(default_factory=dict)
    """Where the model has to say things another way."""
    streams_words: bool = True
    """Whether the answer comes in pieces."""
    page: str = ""
    """Its page in docs/frameworks, without `.md`; its name, where nothing is said."""
    tells_failures: bool = True
    """Whether it says of a tool's result that the tool has failed."""
    preamble: str = ""
    """What the page's example needs before it can run here, such as an import."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", self.page or self.name)

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return ROOT / ".venv-frameworks" / self.name / "bin" / "python"

    @property
    def program(self) -> str:
        """What is served of `programs`."""
        module = self.name.replace("-", "_").replace(".", "_")
        return f"tests.frameworks.programs.{module}:{self.agent}"

    def versions(self) -> set[str]:
        """The packages that its environment asks for, such as `agentor 0.1.1`, as locked."""
        folder = Path(__file__).parent
        asked = re.findall(r"^[\w-]+", (folder / f"{self.name}.in").read_text(), re.M)
        locked = (folder / f"{self.name}.txt").read_text()
        found = dict(re.findall(r"^([\w-]+)==([\w.]+)", locked, re.M))
        return {f"{package} {found[package]}" for package in asked}

    def all_scripts(self) -> Mapping[str, Script]:
        """What the model says in each case."""
        weather = {"name": self.weather, "arguments": {"city": "London"}}
        add = {"name": self.add, "arguments": {"a": 2, "b": 2}}
        broken = {"name": self.broken, "arguments": {"reason": "test"}}
        return {
            "one-tool": [{"tool_calls": [weather]}, {"text": "It is sunny there."}],
            "two-tools": [
                {"tool_calls": [weather]},
                {"tool_calls": [add]},
                {"text": "Sunny, and 2 + 2 = 4."},
            ],
            "tool-fails": [{"tool_calls": [broken]}, {"text": "The tool did not work."}],
            "first": [{"text": "Your name is Ada."}],
            "second": [{"text": "You are still Ada."}],
            **self.scripts,
        }


@dataclass(frozen=True, slots=True)
class Served:
    """A framework's agent behind an endpoint, and the model that it asks."""

    framework: Framework
    endpoint: Endpoint
    model: Fake
    log: Path
    """What the server has written to stderr."""

    def talk(self, dialect: Dialect) -> Talk:
        """A client of it, in one version of the protocol."""
        return Talk(self.endpoint, dialect)


@contextmanager
def served(
    framework: Framework, directory: Path, *, program: str | None = None, **environment: str
) -> Iterator[Served]:
    """The framework's agent, or another program's, for as long as the block runs."""
    log = directory / f"{framework.name}.log"
    with running(framework.all_scripts()) as (base_url, model):
        variables = {
            **os.environ,
            "OPENAI_BASE_URL": base_url,
            "OPENAI_API_KEY": "key",
            "A2A_AGENT_STORE": "memory:",
            # Nobody listens there: what a framework wants of the internet fails at once.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        command = [str(framework.python), "-m", "a2a_agent", "serve"]
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [*command, program or framework.program, "--port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                cwd=directory,
                env=variables,
            )
        try:
            endpoint = Endpoint(_address(process, log), Stage())
            with endpoint.http:
                yield Served(framework, endpoint, model, log)
        finally:
            model.go_on()
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where the server listens, once it says so in its banner."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # A line may be there in part.
        if found := re.search(r"^ *URL +(\S+)/?\n", log.read_text(errors="replace"), re.M):
            return found[1].rstrip("/")
        # Another process's file: there is nothing to be told by.
        time.sleep(0.05)
    raise AssertionError(f"the server has not started:\n{log.read_text(errors='replace')}")
