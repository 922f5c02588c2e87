import asyncio

import pytest

from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Reply,
    RunFinished,
    RunStarted,
)
from a2a_agent.domain.model import DataPart, FilePart, Task, TaskState, TaskStatus, TextPart
from a2a_agent.runtime.agent import describe
from tests.agents.runs import events_of, request_of

FILE = FilePart(raw=b"Generated file content", media_type="text/plain", filename="output.txt")
FILE_BY_URL = FilePart(
    url="https://example.com/output.txt", media_type="text/plain", filename="output.txt"
)
WAITING_TASK = Task(
    id="task",
    context_id="context",
    status=TaskStatus(state=TaskState.INPUT_REQUIRED, timestamp_ms=0),
)


def output(text: str) -> Artifact:
    return Artifact(artifact_id="output", parts=(TextPart(text),))


INPUT_REQUIRED = InputRequired(prompt="Please say more.")
AUTH_REQUIRED = InputRequired(prompt="Please sign in.", kind=InputKind.AUTH)
SCENARIOS: list[tuple[str, list[AgentEvent]]] = [
    ("tck-complete-task", [RunFinished(message="Hello from TCK")]),
    ("tck-artifact-text", [output("Generated text content"), RunFinished()]),
    ("tck-artifact-file", [Artifact(artifact_id="output", parts=(FILE,)), RunFinished()]),
    (
        "tck-artifact-file-url",
        [Artifact(artifact_id="output", parts=(FILE_BY_URL,)), RunFinished()],
    ),
    (
        "tck-artifact-data",
        [
            Artifact(artifact_id="output", parts=(DataPart({"key": "value", "count": 42}),)),
            RunFinished(),
        ],
    ),
    ("tck-message-response", [Reply.of_text("Direct message response")]),
    ("tck-input-required", [INPUT_REQUIRED]),
    ("tck-auth-required", [AUTH_REQUIRED]),
    ("auth-test-msg", [AUTH_REQUIRED]),
    (
        "tck-reject-task",
        [RunFinished(state=TaskState.REJECTED, message="This task is rejected.")],
    ),
    (
        "tck-fail-task",
        [
            RunStarted(),
            RunFinished(state=TaskState.FAILED, message="This task fails.", reason="scenario"),
        ],
    ),
    ("tck-stream-001", [RunStarted(), output("Stream hello from TCK"), RunFinished()]),
    ("tck-stream-002", [RunFinished()]),
    ("tck-stream-003", [RunStarted(), output("Stream task lifecycle"), RunFinished()]),
    ("tck-stream-ordering-001", [RunStarted(), output("Ordered output"), RunFinished()]),
    (
        "tck-stream-artifact-text",
        [RunStarted(), output("Streamed text content"), RunFinished()],
    ),
    (
        "tck-stream-artifact-file",
        [RunStarted(), Artifact(artifact_id="output", parts=(FILE,)), RunFinished()],
    ),
    (
        "tck-stream-artifact-chunked",
        [
            RunStarted(),
            Artifact(artifact_id="output", parts=(TextPart("chunk-1 "),), last=False),
            Artifact(artifact_id="output", parts=(TextPart("chunk-2"),), append=True, last=True),
            RunFinished(),
        ],
    ),
    ("anything-else", [output("said"), RunFinished()]),
]


@pytest.mark.parametrize(("prefix", "events"), SCENARIOS, ids=[name for name, _ in SCENARIOS])
@pytest.mark.parametrize("suffix", ["", "-1f3a9c0d"])
async def test_the_prefix_of_the_message_id_says_what_happens(
    prefix: str, suffix: str, events: list[AgentEvent]
) -> None:
    request = request_of("said", message_id=prefix + suffix)

    assert await events_of(ScenarioAgent(), request) == events


@pytest.mark.parametrize(
    ("message_id", "events"),
    [
        ("anything-else", [INPUT_REQUIRED]),
        ("tck-complete-task-2", [RunFinished(message="Hello from TCK")]),
    ],
)
async def test_a_follow_up_does_what_its_own_message_id_says_or_waits_again(
    message_id: str, events: list[AgentEvent]
) -> None:
    request = request_of("more", message_id=message_id, task=WAITING_TASK)

    assert await events_of(ScenarioAgent(), request) == events


async def test_the_long_scenario_works_for_its_seconds_and_sends_a_chunk_each_time() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    agent = ScenarioAgent(seconds=1.5, chunk_seconds=0.5, sleep=sleep)
    events = await events_of(agent, request_of(message_id="test-resubscribe-message-id-7"))

    assert slept == [0.5, 0.5, 0.5]
    assert events == [
        RunStarted(),
        Artifact(artifact_id="output", parts=(TextPart("chunk 1 of 3\n"),), last=False),
        Artifact(
            artifact_id="output", parts=(TextPart("chunk 2 of 3\n"),), append=True, last=False
        ),
        Artifact(artifact_id="output", parts=(TextPart("chunk 3 of 3\n"),), append=True, last=True),
        RunFinished(),
    ]


async def test_the_long_scenario_stops_at_once_when_canceled() -> None:
    sleeping = asyncio.Event()

    async def sleep(_: float) -> None:
        sleeping.set()
        await asyncio.Event().wait()

    agent = ScenarioAgent(sleep=sleep)
    run = asyncio.create_task(
        events_of(agent, request_of(message_id="test-resubscribe-message-id"))
    )
    await asyncio.wait_for(sleeping.wait(), 5)
    run.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, 5)


def test_the_agent_describes_itself() -> None:
    described = describe(ScenarioAgent())

    assert (described.name, described.input_modes) == ("scenarios", ("*/*",))
