"""Several streams of one task (1.0 §3; 0.3 §7), and clients that go away."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType

from conformance.cases.arranging import (
    canceled_after,
    canceled_midway,
    gists,
    stream_at_work,
    subscribed,
    task_at_work,
    task_id,
)
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.expect import (
    TASK_NOT_CANCELABLE,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import folded, items
from conformance.session import Session
from conformance.streaming import LiveStream


async def streams_of_a_task(session: Session) -> None:
    async with (
        stream_at_work(session) as mine,
        canceled_after(session, task_id(mine)),
        subscribed(session, task_id(mine)) as other,
    ):
        await canceled_midway(session, task_id(mine), mine, other)
        _must_tell_the_same(mine, other)


async def subscribers(session: Session) -> None:
    need_streaming(session)
    async with (
        task_at_work(session) as task,
        subscribed(session, task["id"]) as one,
        subscribed(session, task["id"]) as other,
    ):
        await canceled_midway(session, task["id"], one, other)
        _must_tell_the_same(one, other)


async def stream_left(session: Session) -> None:
    async with AsyncExitStack() as leaving:
        mine = await leaving.enter_async_context(stream_at_work(session))
        wanted = task_id(mine)
        async with canceled_after(session, wanted), subscribed(session, wanted) as other:
            await leaving.aclose()
            _must_end(other, await canceled_midway(session, wanted, other))


async def subscription_left(session: Session) -> None:
    need_streaming(session)
    async with task_at_work(session) as task, subscribed(session, task["id"]) as other:
        async with subscribed(session, task["id"]):
            pass
        _must_end(other, await canceled_midway(session, task["id"], other))


async def task_left(session: Session) -> None:
    async with stream_at_work(session) as mine:
        left = task_id(mine)
    async with canceled_after(session, left):
        # Another task of the kind, begun later, shows when this one must have gone on.
        async with stream_at_work(session) as witness, canceled_after(session, task_id(witness)):
            before = len(witness.frames)
            while (frame := await witness.next()) is not None and frame.kind != "artifact":
                pass
            if len(witness.frames) == before:
                raise NotExercised("such a task does not show that it goes on", '--prompt long="…"')
        task = await session.task(left)
        state = session.dialect.read_state(task)
        if state in ("submitted", "working") and not items(task, "artifacts"):
            async with subscribed(session, left) as again:
                frame = await again.next()
                expect(frame is not None, "a task that goes on", "nothing more", again.exchange)
                state = again.watch.state
        expected = "a task that goes on without its client"
        expect(state not in ("canceled", "failed"), expected, f"one that is {state}")


def _must_tell_the_same(one: LiveStream, other: LiveStream) -> None:
    """Raises Broken unless both add up to the same, and the later one tells the other's end."""
    for stream in (one, other):
        _must_have_ended(stream)
    shorter, longer = sorted((gists(one.frames), gists(other.frames)), key=len)
    same = longer[len(longer) - len(shorter) :] == shorter
    expect(same, f"the same events in both streams: {longer}", f"{shorter}", other.exchange)
    whole = folded(one.frames)
    expect_equal("both streams to add up to", whole, folded(other.frames), other.exchange)


def _must_end(stream: LiveStream, canceling: Reply) -> None:
    """Raises Broken unless the stream went on until its task was canceled, and not before."""
    _must_have_ended(stream)
    if canceling.code == TASK_NOT_CANCELABLE and stream.watch.state != "completed":
        got = f"it was {stream.watch.state} by itself"
        raise Broken("a task that works on until it is canceled", got, stream.exchange)


def _must_have_ended(stream: LiveStream) -> None:
    got = stream.exchange.trouble or f"it closed while {stream.watch.state}"
    expect(stream.watch.has_ended, "a stream that tells of the end", got, stream.exchange)


STREAM_CASES: Mapping[str, Case] = MappingProxyType(
    {
        "stream.streams-of-a-task-see-the-same": streams_of_a_task,
        "stream.leaving-affects-no-other-stream": stream_left,
        "stream.leaving-does-not-stop-the-task": task_left,
    }
)
SUBSCRIBE_CASES: Mapping[str, Case] = MappingProxyType(
    {
        "subscribe.subscribers-see-the-same": subscribers,
        "subscribe.survives-anothers-leaving": subscription_left,
    }
)
