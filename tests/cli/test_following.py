from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.responses import Response

from a2a_agent.cli.client import Event, connect
from a2a_agent.cli.errors import RpcError, UnreachableError
from a2a_agent.cli.following import Following, retry_waits
from a2a_agent.cli.target import Target
from a2a_agent.domain.views import StreamMode
from tests.cli.peers import (
    COMPLETED,
    INPUT_REQUIRED,
    WORKING,
    Reply,
    Stranger,
    chunk,
    error,
    result,
    status,
    stream,
    task,
)


@dataclass
class Followed:
    """A stranger's task being followed, with the retries that were told."""

    following: Following
    stranger: Stranger
    retries: list[tuple[str, float]] = field(default_factory=list)

    @property
    def methods(self) -> list[tuple[str, str | None]]:
        """What was called, after which event."""
        return [
            (call["method"], headers.get("last-event-id"))
            for call, headers in zip(self.stranger.requests, self.stranger.headers, strict=True)
        ]


@asynccontextmanager
async def followed(*script: Reply, **options: Any) -> AsyncIterator[Followed]:
    stranger = Stranger(script)
    retries: list[tuple[str, float]] = []
    with stranger.serving() as url:
        async with connect(Target.parse(url, None, (), 5.0)) as client:
            following = Following(
                client,
                lambda failure, wait: retries.append((failure, wait)),
                **{"retry_waits_seconds": (0.0, 0.0), **options},
            )
            yield Followed(following, stranger, retries)


async def results(events: AsyncGenerator[Event]) -> list[Any]:
    async with aclosing(events):
        return [event.result async for event in events]


STARTED = {"task": task("TASK_STATE_SUBMITTED")}
DONE = status(COMPLETED)


async def test_stream_ends_with_its_task() -> None:
    async with followed(stream(STARTED, chunk("a"), DONE, ids=[1, 2, 3])) as case:
        assert await results(case.following.send({"message": {}})) == [STARTED, chunk("a"), DONE]

    following = case.following
    assert (following.task_id, following.context_id) == ("t1", "c1")
    assert (following.state, following.last_event_id) == ("completed", "3")
    assert case.retries == []


async def test_message_ends_the_stream_without_a_task() -> None:
    reply = {"message": {"messageId": "m", "parts": [{"text": "hi"}]}}
    async with followed(stream(reply)) as case:
        assert await results(case.following.send({})) == [reply]

    assert (case.following.task_id, case.following.state) == (None, None)


async def test_broken_connection_is_resumed_without_loss_or_doubles() -> None:
    async with followed(
        stream(STARTED, chunk("a", False), ids=[1, 2], breaks=True),
        stream({"task": task(WORKING, "a")}, chunk("b"), ids=[2, 3], breaks=True),
        stream({"task": task(WORKING, "ab")}, chunk("c"), DONE, ids=[3, 4, 5]),
    ) as case:
        got = await results(case.following.send({}))

    assert got == [STARTED, chunk("a", False), chunk("b"), chunk("c"), DONE]
    assert case.methods == [
        ("SendStreamingMessage", None),
        ("SubscribeToTask", "2"),
        ("SubscribeToTask", "3"),
    ]
    assert [wait for _, wait in case.retries] == [0.0, 0.0]
    assert "broke" in case.retries[0][0]


async def test_stream_that_the_agent_closes_early_is_resumed() -> None:
    async with followed(
        stream(STARTED, ids=[1]), stream({"task": task(WORKING)}, DONE, ids=[1, 2])
    ) as case:
        assert await results(case.following.send({})) == [STARTED, DONE]

    assert case.retries == [("the agent closed the stream before the task had come to rest", 0.0)]


async def test_every_resumption_asks_for_the_mode_again() -> None:
    async with followed(
        stream(STARTED, ids=[1]), stream(DONE, ids=[2]), mode=StreamMode.CHUNK
    ) as case:
        await results(case.following.send({}))

    metadata = {"urn:a2a-agent:stream:v1": {"mode": "chunk"}}
    assert case.stranger.requests[1]["params"] == {"id": "t1", "metadata": metadata}


async def test_agent_without_event_ids_shows_the_task_anew() -> None:
    seen_anew = {"task": task(WORKING, "ab")}
    async with followed(
        stream(STARTED, chunk("a", False), breaks=True), stream(seen_anew, DONE)
    ) as case:
        got = await results(case.following.send({}))

    assert got == [STARTED, chunk("a", False), seen_anew, DONE]
    assert case.methods[1] == ("SubscribeToTask", None)
    assert case.following.last_event_id is None


async def test_task_that_ended_meanwhile_is_fetched_where_it_cannot_be_subscribed_to() -> None:
    async with followed(
        stream(STARTED, breaks=True),
        error(-32004, "the task has ended"),
        result(task(COMPLETED, "abc")),
    ) as case:
        assert await results(case.following.send({})) == [
            STARTED,
            {"task": task(COMPLETED, "abc")},
        ]

    assert case.methods[2] == ("GetTask", None)


async def test_refusal_to_stream_a_task_at_work_is_an_error() -> None:
    async with followed(error(-32004, "no streams"), result(task(WORKING))) as case:
        with pytest.raises(RpcError, match="no streams"):
            await results(case.following.subscribe("t1", None))


async def test_refusal_of_a_message_is_an_error() -> None:
    async with followed(error(-32602, "bad")) as case:
        with pytest.raises(RpcError, match="bad"):
            await results(case.following.send({}))

    assert len(case.methods) == 1


async def test_connection_that_stays_broken_is_given_up() -> None:
    busy: Reply = lambda call: Response(status_code=503)  # noqa: E731 - a reply like the others
    async with followed(stream(STARTED, ids=[1]), busy, busy, busy) as case:
        with pytest.raises(UnreachableError, match="503"):
            await results(case.following.send({}))

    assert len(case.retries) == 2
    assert case.following.last_event_id == "1"


async def test_news_renews_the_tries() -> None:
    pieces = [stream(chunk(str(number)), ids=[number], breaks=True) for number in range(5)]
    async with followed(*pieces, stream(DONE, ids=[9])) as case:
        got = await results(case.following.send({}))

    assert got == [*(chunk(str(number)) for number in range(5)), DONE]


async def test_connection_that_breaks_before_the_first_frame_is_not_tried_again() -> None:
    async with followed(stream(breaks=True)) as case:
        with pytest.raises(UnreachableError, match="broke"):
            await results(case.following.send({}))

    assert case.retries == []


async def test_stream_without_a_frame_is_an_error() -> None:
    async with followed(stream()) as case:
        with pytest.raises(UnreachableError, match="closed the stream before"):
            await results(case.following.send({}))


async def test_stream_ends_at_a_question() -> None:
    async with followed(stream(STARTED, status(INPUT_REQUIRED), ids=[1, 2])) as case:
        await results(case.following.send({}))

    assert case.following.state == "input-required"
    assert len(case.methods) == 1


async def test_task_followed_from_the_past_goes_on_behind_its_questions() -> None:
    question = {"task": task(INPUT_REQUIRED)}
    async with followed(
        stream(STARTED, status(INPUT_REQUIRED), ids=[1, 2]),
        stream(question, chunk("a"), status(INPUT_REQUIRED), ids=[2, 3, 4]),
        stream({"task": task(INPUT_REQUIRED)}, ids=[4]),
    ) as case:
        got = await results(case.following.subscribe("t1", "0"))

    assert got == [STARTED, status(INPUT_REQUIRED), chunk("a"), status(INPUT_REQUIRED)]
    assert [after for _, after in case.methods] == ["0", "2", "4"]


async def test_task_followed_from_now_ends_at_its_question() -> None:
    async with followed(stream({"task": task(INPUT_REQUIRED)}, ids=[7])) as case:
        assert await results(case.following.subscribe("t1", None)) == [
            {"task": task(INPUT_REQUIRED)}
        ]

    assert case.methods == [("SubscribeToTask", None)]


def test_waits_end_with_the_patience_for_silence() -> None:
    assert retry_waits(0.1) == []
    assert retry_waits(2) == [0.2, 0.5, 1.0]
    assert retry_waits(600) == [0.2, 0.5, 1.0, 2.0, 4.0, 8.0]
