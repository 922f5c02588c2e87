"""The agent for conformance suites: the prefix of the messageId says what it does.

The convention is that of the A2A project's compatibility kit and the SDKs' test servers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Reply,
    RunFinished,
    RunStarted,
)
from a2a_agent.domain.model import DataPart, FilePart, Part, TaskState, TextPart
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, Skill

_DESCRIPTION = AgentDescription(
    name="scenarios",
    description="Plays known scenarios for conformance suites, chosen by the messageId's prefix.",
    skills=(
        Skill(
            id="tck",
            name="Scenarios",
            description="Does what the prefix of the messageId says, such as `tck-complete-task`.",
            tags=("conformance", "test"),
            examples=("Hello from TCK",),
        ),
    ),
    input_modes=("*/*",),
    output_modes=("*/*",),
)

Scenario: TypeAlias = Callable[[RunRequest], Events]

_ARTIFACT_ID = "output"
_FILE = FilePart(raw=b"Generated file content", media_type="text/plain", filename="output.txt")
_FILE_BY_URL = FilePart(
    url="https://example.com/output.txt", media_type="text/plain", filename="output.txt"
)
_INPUT_REQUIRED = InputRequired(prompt="Please say more.")
_AUTH_REQUIRED = InputRequired(prompt="Please sign in.", kind=InputKind.AUTH)


def _artifact(part: Part, *, append: bool = False, last: bool | None = None) -> Artifact:
    return Artifact(artifact_id=_ARTIFACT_ID, parts=(part,), append=append, last=last)


async def _play(_: RunRequest, *events: AgentEvent) -> Events:
    for event in events:
        yield event


def _plays(*events: AgentEvent) -> Scenario:
    return lambda request: _play(request, *events)


def _repeat(request: RunRequest) -> Events:
    return _play(request, _artifact(TextPart(request.text)), RunFinished())


_SCENARIOS = MappingProxyType(
    {
        "tck-complete-task": _plays(RunFinished(message="Hello from TCK")),
        "tck-artifact-text": _plays(_artifact(TextPart("Generated text content")), RunFinished()),
        "tck-artifact-file": _plays(_artifact(_FILE), RunFinished()),
        "tck-artifact-file-url": _plays(_artifact(_FILE_BY_URL), RunFinished()),
        "tck-artifact-data": _plays(
            _artifact(DataPart({"key": "value", "count": 42})), RunFinished()
        ),
        "tck-message-response": _plays(Reply.of_text("Direct message response")),
        "tck-input-required": _plays(_INPUT_REQUIRED),
        "tck-auth-required": _plays(_AUTH_REQUIRED),
        "auth-test-msg": _plays(_AUTH_REQUIRED),
        "tck-reject-task": _plays(
            RunFinished(state=TaskState.REJECTED, message="This task is rejected.")
        ),
        "tck-fail-task": _plays(
            RunStarted(),
            RunFinished(state=TaskState.FAILED, message="This task fails.", reason="scenario"),
        ),
        "tck-stream-001": _plays(
            RunStarted(), _artifact(TextPart("Stream hello from TCK")), RunFinished()
        ),
        "tck-stream-002": _plays(RunFinished()),
        "tck-stream-003": _plays(
            RunStarted(), _artifact(TextPart("Stream task lifecycle")), RunFinished()
        ),
        "tck-stream-ordering-001": _plays(
            RunStarted(), _artifact(TextPart("Ordered output")), RunFinished()
        ),
        "tck-stream-artifact-text": _plays(
            RunStarted(), _artifact(TextPart("Streamed text content")), RunFinished()
        ),
        "tck-stream-artifact-file": _plays(RunStarted(), _artifact(_FILE), RunFinished()),
        "tck-stream-artifact-chunked": _plays(
            RunStarted(),
            _artifact(TextPart("chunk-1 "), last=False),
            _artifact(TextPart("chunk-2"), append=True, last=True),
            RunFinished(),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class ScenarioAgent:
    """Does what the messageId's prefix says; the long scenario works for `seconds`."""

    seconds: float = 10.0
    chunk_seconds: float = 0.5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    description: AgentDescription = _DESCRIPTION

    def run(self, request: RunRequest, /) -> Events:
        """Plays the scenario with the longest prefix that fits."""
        return self._scenario(request)(request)

    def _scenario(self, request: RunRequest) -> Scenario:
        scenarios: dict[str, Scenario] = {
            **_SCENARIOS,
            "test-resubscribe-message-id": self._work,
        }
        for prefix in sorted(scenarios, key=len, reverse=True):
            if request.message.message_id.startswith(prefix):
                return scenarios[prefix]
        return _repeat if request.task is None else _plays(_INPUT_REQUIRED)

    async def _work(self, _: RunRequest) -> Events:
        yield RunStarted()
        chunks = max(1, round(self.seconds / self.chunk_seconds))
        for number in range(1, chunks + 1):
            await self.sleep(self.chunk_seconds)
            chunk = TextPart(f"chunk {number} of {chunks}\n")
            yield _artifact(chunk, append=number > 1, last=number == chunks)
        yield RunFinished()
