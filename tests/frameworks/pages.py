"""The pages of docs/frameworks, as far as they can be run."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.frameworks.served import ROOT, Framework


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its first block of Python is `my_agent.py`, its console says what is served."""

    text: str

    @classmethod
    def of(cls, framework: Framework) -> "Page":
        """The page of a framework."""
        path: Path = ROOT / "docs" / "frameworks" / f"{framework.page}.md"
        return cls(path.read_text())

    @property
    def program(self) -> str:
        """The whole example."""
        found = re.search(r"^```python\n(.*?)^```", self.text, re.M | re.S)
        assert found, "the page has no example"
        return found[1]

    @property
    def served(self) -> str:
        """What `a2a-agent serve` is told."""
        found = re.search(r"a2a-agent serve (my_agent:\w+)", self.text)
        assert found, "the page does not serve its example"
        return found[1]

    @property
    def models(self) -> set[str]:
        """The models that the example asks."""
        return set(re.findall(r"\"(gpt-[\w.-]+)\"", self.program))

    @property
    def versions(self) -> set[str]:
        """The versions, such as `agentor 0.1.1`, that the page speaks of."""
        return set(re.findall(r"[\w-]+ \d+(?:\.\d+)+", self.text))
