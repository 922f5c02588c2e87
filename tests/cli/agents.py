"""Agents that the tests serve; also by name, in processes of their own."""

import asyncio
from dataclasses import dataclass, field
from threading import Event

from a2a_agent import (
    Artifact,
    DataPart,
    FilePart,
    InputRequired,
    Reply,
    RunFinished,
    RunRequest,
    RunStarted,
    TaskState,
    TextPart,
    ToolCall,
    ToolResult,
)
from a2a_agent.runtime.agent import Events


async def clerk(request: RunRequest) -> Events:
    """Does what the text says.

    Agents have to say something in their docstrings.
    """
    match request.text:
        case "add":
            yield "Let me see."
            yield ToolCall(call_id="1", name="add", arguments={"a": 1, "b": 2})
            yield ToolResult(call_id="1", name="add", output=3)
            yield "It is 3."
        case "fail":
            yield RunFinished(state=TaskState.FAILED, message="No luck.", reason="luck")
        case "reject":
            yield RunFinished(state=TaskState.REJECTED, message="Not me.")
        case "reply":
            yield Reply(parts=(TextPart("Just so."),))
        case "ask":
            yield InputRequired(prompt="Which one?", options=("this", "that"))
        case "files":
            yield Artifact(artifact_id="f", name="files", parts=_without_text(request))
        case text:
            yield f"You said: {text}"


def _without_text(request: RunRequest) -> tuple[DataPart | FilePart, ...]:
    return tuple(part for part in request.message.parts if not isinstance(part, TextPart))


@dataclass
class Patient:
    """Says half of it, then waits until it is let go on."""

    gate: Event = field(default_factory=Event)
    began: Event = field(default_factory=Event)
    limit_seconds: float = 20.0

    async def run(self, request: RunRequest, /) -> Events:
        """Yields the two halves."""
        self.began.set()
        yield RunStarted()
        for number in range(5):
            yield f"before-{number} "
        await asyncio.to_thread(self.gate.wait, self.limit_seconds)
        for number in range(5):
            yield f"after-{number} "


PATIENT_ANSWER = (
    "before-0 before-1 before-2 before-3 before-4 after-0 after-1 after-2 after-3 after-4 \n"
)


@dataclass
class Thoughtful:
    """Says nothing at all until it is let go on, then asks or answers."""

    gate: Event = field(default_factory=Event)
    began: Event = field(default_factory=Event)
    limit_seconds: float = 20.0

    async def run(self, request: RunRequest, /) -> Events:
        """Yields a question for `ask`, an answer for all else."""
        self.began.set()
        await asyncio.to_thread(self.gate.wait, self.limit_seconds)
        if request.text == "ask":
            yield InputRequired(prompt="Which one?")
        else:
            yield "This one."
