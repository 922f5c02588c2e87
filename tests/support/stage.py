"""An agent whose acts the tests write: a message's text names the act."""

from collections.abc import Callable
from itertools import count
from typing import TypeAlias

from a2a_agent import AgentDescription, RunFinished, RunRequest, RunStarted, Skill, TextDelta
from a2a_agent.runtime.agent import Events

Act: TypeAlias = Callable[[RunRequest], Events]


async def repeats(request: RunRequest) -> Events:
    """What is done for a text that names no act."""
    yield RunStarted()
    yield TextDelta(request.text)
    yield RunFinished()


class Stage:
    """Plays the act that the message asks for."""

    description = AgentDescription(
        name="stage",
        description="Does what a test has written.",
        skills=(Skill(id="act", name="Act", description="Plays an act.", tags=("test",)),),
        input_modes=("text/plain", "application/json"),
        output_modes=("text/plain",),
    )

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}
        self._numbers = count(1)

    def plays(self, act: Act) -> str:
        """The text that asks for the act from now on."""
        text = f"act {next(self._numbers)}"
        self._acts[text] = act
        return text

    def run(self, request: RunRequest, /) -> Events:
        """Plays the act."""
        return self._acts.get(request.text, repeats)(request)
