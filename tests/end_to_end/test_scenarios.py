"""The scenario agent over the wire, in both versions: what suites that are pointed at it meet."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from a2a_agent import Settings
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.cli.llm import LlmChoice
from a2a_agent.cli.loading import load_agent
from tests.cli.programs import serving as serving_program
from tests.support.dialects import DIALECTS, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate
from tests.support.stage import Stage

EXTENSION = "urn:example:required"

PartOf: TypeAlias = Callable[[Dialect], Json]
"""A part, as a version writes it."""


@pytest.fixture(scope="module")
def scenarios() -> Iterator[Endpoint]:
    with serving_agent(load_agent("scenarios", Settings(store="memory:"), LlmChoice())) as endpoint:
        yield endpoint


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    dialect: Dialect = request.param
    return dialect


def text(said: str) -> PartOf:
    return lambda dialect: dialect.text_part(said)


def data(dialect: Dialect) -> Json:
    return dialect.data_part({"key": "value", "count": 42})


def file(dialect: Dialect) -> Json:
    content = "R2VuZXJhdGVkIGZpbGUgY29udGVudA=="
    if dialect.is_old:
        described = {"name": "output.txt", "mimeType": "text/plain"}
        return {"kind": "file", "file": {"bytes": content, **described}}
    return {"raw": content, "filename": "output.txt", "mediaType": "text/plain"}


def file_by_url(dialect: Dialect) -> Json:
    url = "https://example.com/output.txt"
    if dialect.is_old:
        described = {"name": "output.txt", "mimeType": "text/plain"}
        return {"kind": "file", "file": {"uri": url, **described}}
    return {"url": url, "filename": "output.txt", "mediaType": "text/plain"}


SUBMITTED = ("task", "submitted")
WORKING = ("status", "working", "")
COMPLETED = ("status", "completed", "")
CANCELED = ("status", "canceled", "")
ASKING = ("status", "input-required", "Please say more.")
SIGN_IN = ("status", "auth-required", "Please sign in.")
REJECTED = ("status", "rejected", "This task is rejected.")
FAILED = ("status", "failed", "This task fails.")


def output(text: str = "", how: str = "whole") -> tuple[str, ...]:
    return ("artifact", "output", text, how)


SCENARIOS: list[tuple[str, list[tuple[str, ...]], PartOf | None]] = [
    ("tck-complete-task", [("status", "completed", "Hello from TCK")], None),
    (
        "tck-artifact-text",
        [WORKING, output("Generated text content"), COMPLETED],
        text("Generated text content"),
    ),
    ("tck-artifact-file", [WORKING, output(), COMPLETED], file),
    ("tck-artifact-file-url", [WORKING, output(), COMPLETED], file_by_url),
    ("tck-artifact-data", [WORKING, output(), COMPLETED], data),
    ("tck-input-required", [WORKING, ASKING], None),
    ("tck-auth-required", [WORKING, SIGN_IN], None),
    ("auth-test-msg", [WORKING, SIGN_IN], None),
    ("tck-reject-task", [REJECTED], None),
    ("tck-fail-task", [WORKING, FAILED], None),
    (
        "tck-stream-001",
        [WORKING, output("Stream hello from TCK"), COMPLETED],
        text("Stream hello from TCK"),
    ),
    ("tck-stream-002", [COMPLETED], None),
    (
        "tck-stream-003",
        [WORKING, output("Stream task lifecycle"), COMPLETED],
        text("Stream task lifecycle"),
    ),
    (
        "tck-stream-ordering-001",
        [WORKING, output("Ordered output"), COMPLETED],
        text("Ordered output"),
    ),
    (
        "tck-stream-artifact-text",
        [WORKING, output("Streamed text content"), COMPLETED],
        text("Streamed text content"),
    ),
    ("tck-stream-artifact-file", [WORKING, output(), COMPLETED], file),
    (
        "tck-stream-artifact-chunked",
        [WORKING, output("chunk-1 ", "first"), output("chunk-2", "last"), COMPLETED],
        text("chunk-1 chunk-2"),
    ),
    ("anything-else", [WORKING, output("said"), COMPLETED], text("said")),
]
each_scenario = pytest.mark.parametrize(
    ("prefix", "frames", "part"), SCENARIOS, ids=[prefix for prefix, *_ in SCENARIOS]
)


def saying(dialect: Dialect, prefix: str, **more: str) -> Json:
    """A message that asks for a scenario: the prefix, and what makes it a message of its own."""
    message = dialect.message("said", **more)
    return {**message, "messageId": f"{prefix}-{message['messageId']}"}


@each_scenario
def test_stream_shows_the_scenario(
    scenarios: Endpoint,
    dialect: Dialect,
    prefix: str,
    frames: list[tuple[str, ...]],
    part: PartOf | None,
) -> None:
    with scenarios.sending(dialect, saying(dialect, prefix)) as stream:
        received = [frame.result for frame in stream]

    assert [dialect.gist(frame) for frame in received] == [SUBMITTED, *frames]
    task = scenarios.get(dialect, dialect.task(received[0])["id"])
    assert parts_of(task) == ([part(dialect)] if part else [])


@each_scenario
def test_reply_to_send_is_the_task_after_the_scenario(
    scenarios: Endpoint,
    dialect: Dialect,
    prefix: str,
    frames: list[tuple[str, ...]],
    part: PartOf | None,
) -> None:
    task = scenarios.task(dialect, saying(dialect, prefix))

    _, state, said = frames[-1]
    assert status_of(dialect, task) == (dialect.state(state), said)
    assert parts_of(task) == ([part(dialect)] if part else [])
    assert scenarios.get(dialect, task["id"]) == task


def status_of(dialect: Dialect, task: Json) -> tuple[str, str]:
    """The state, and what the agent says with it."""
    said = task["status"].get("message", {"parts": []})["parts"]
    return task["status"]["state"], "".join(part.get("text", "") for part in said)


def parts_of(task: Json) -> list[Json]:
    """The parts of the only artifact, if there is one."""
    artifacts = task.get("artifacts", [])
    assert [one["artifactId"] for one in artifacts] in ([], ["output"])
    return [part for one in artifacts for part in one["parts"]]


def test_message_is_answered_with_a_message(scenarios: Endpoint, dialect: Dialect) -> None:
    sent = scenarios.send(dialect, saying(dialect, "tck-message-response"))
    streamed = scenarios.gists(dialect, saying(dialect, "tck-message-response"))

    answer = dialect.reply(sent)
    assert (answer["role"], answer["parts"]) == (
        "agent" if dialect.is_old else "ROLE_AGENT",
        [dialect.text_part("Direct message response")],
    )
    assert "taskId" not in answer
    assert streamed == [("message", "Direct message response")]


def test_follow_up_waits_again_unless_its_own_message_id_says_more(
    scenarios: Endpoint, dialect: Dialect
) -> None:
    task_id = scenarios.task(dialect, saying(dialect, "tck-input-required"))["id"]

    followed = [
        scenarios.gists(dialect, saying(dialect, prefix, taskId=task_id))
        for prefix in ("anything-else", "tck-auth-required", "tck-complete-task")
    ]

    assert followed == [
        [("task", "working"), ASKING],
        [("task", "working"), SIGN_IN],
        [("task", "working"), ("status", "completed", "Hello from TCK")],
    ]


def test_second_reader_joins_the_long_scenario(dialect: Dialect) -> None:
    gate = Gate()

    async def sleep(_: float) -> None:
        await gate.passed()

    with (
        serving_agent(ScenarioAgent(seconds=1.5, sleep=sleep)) as endpoint,
        endpoint.sending(dialect, saying(dialect, "test-resubscribe-message-id")) as first,
    ):
        task_id = dialect.task(next(first).result)["id"]
        assert dialect.gist(next(first).result) == WORKING
        with endpoint.streaming(dialect, dialect.subscribe, {"id": task_id}) as second:
            assert dialect.gist(next(second).result) == ("task", "working")
            gate.open()
            rest = list(first)
            assert list(second) == rest

    assert [dialect.gist(frame.result) for frame in rest] == [
        output("chunk 1 of 3\n", "first"),
        output("chunk 2 of 3\n", "more"),
        output("chunk 3 of 3\n", "last"),
        COMPLETED,
    ]


def test_long_scenario_ends_at_once_when_canceled(dialect: Dialect) -> None:
    async def sleep(_: float) -> None:
        await asyncio.Event().wait()

    with (
        serving_agent(ScenarioAgent(sleep=sleep)) as endpoint,
        endpoint.sending(dialect, saying(dialect, "test-resubscribe-message-id")) as stream,
    ):
        task_id = dialect.task(next(stream).result)["id"]
        canceled = endpoint.result(dialect, dialect.cancel, {"id": task_id})
        rest = [dialect.gist(frame.result) for frame in stream]

    assert canceled["status"]["state"] == dialect.state("canceled")
    assert rest == [WORKING, CANCELED]


# What `serve scenarios` can be made to refuse.


@contextmanager
def program(directory: Path, *options: str) -> Iterator[Endpoint]:
    """`a2a-agent serve scenarios` with these options."""
    words = ("scenarios", "--store", "memory:", *options)
    with serving_program(*words, directory=directory) as (_, base):
        endpoint = Endpoint(base, Stage())
        with endpoint.http:
            yield endpoint


def test_program_without_streams_says_so_and_refuses_them(tmp_path: Path) -> None:
    with program(tmp_path, "--no-streaming") as endpoint:
        card = endpoint.http.get("/.well-known/agent-card.json").json()
        assert card["capabilities"]["streaming"] is False
        for dialect in DIALECTS:
            task = endpoint.task(dialect, saying(dialect, "tck-input-required"))
            for method, params in (
                (dialect.stream, {"message": saying(dialect, "tck-stream-001")}),
                (dialect.subscribe, {"id": task["id"]}),
            ):
                assert endpoint.error(dialect, method, params)["code"] == -32004


def test_program_with_a_required_extension_refuses_whoever_does_not_list_it(
    tmp_path: Path,
) -> None:
    with program(tmp_path, "--require-extension", EXTENSION) as endpoint:
        card = endpoint.http.get("/.well-known/agent-card.json").json()
        assert {"uri": EXTENSION, "required": True} in card["capabilities"]["extensions"]
        for dialect in DIALECTS:
            params = {"message": saying(dialect, "tck-complete-task")}
            for method in (dialect.send, dialect.stream):
                assert endpoint.error(dialect, method, params)["code"] == -32008
            for method in (dialect.send, dialect.stream):
                body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
                taken = endpoint.post(body, dialect, headers={"A2A-Extensions": EXTENSION})
                assert taken.headers["A2A-Extensions"] == EXTENSION
                assert "Hello from TCK" in taken.text
