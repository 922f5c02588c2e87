"""Whether webhooks are told, and when (1.0 §4.3; 0.3 §6, §7)."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from uuid import uuid4

from conformance.cards import objects
from conformance.cases.case import Case
from conformance.cases.delivering import (
    END,
    END_INLINE,
    ended,
    frame_of,
    is_end,
    receiving_for,
    sent_with,
    until_the_end,
)
from conformance.cases.given import registered
from conformance.dialects import TERMINAL, Frame, Operation
from conformance.expect import Broken, NotExercised, expect
from conformance.session import Session
from conformance.watch import CLOSED, NOTHING_AFTER, OPENED, STATES, Watch
from conformance.webhooks import Answer, Delivery, Hook

_AFTER_THE_END_SECONDS = 0.3
"""How long one waits for what should not come, once the end has been told."""
_SEVERAL = 3
_SEVERAL_SECONDS = 2.0
_HURRIED_SECONDS = 0.05
"""For three attempts, that is without a pause."""
_MANY = 8
"""Attempts, three of which are quick even where the machine is busy."""


def _must_say(session: Session, deliveries: list[Delivery], *states: str) -> None:
    """Raises Broken unless one of the deliveries says one of the states."""
    got = [str(frame_of(session, one).state) for one in deliveries]
    said = f"{len(got)} deliveries: {', '.join(got)}" if got else "no delivery"
    limit = f" within {session.peer.limits.seconds:g} seconds"
    last = deliveries[-1].exchange if deliveries else None
    expect(any(state in got for state in states), f"{' or '.join(states)}{limit}", said, last)


async def end(session: Session) -> None:
    async with receiving_for(session) as receiver:
        _, deliveries = await ended(session, receiver.hook())
    _must_say(session, deliveries, *sorted(TERMINAL))


async def end_inline(session: Session) -> None:
    async with receiving_for(session) as receiver:
        hook = receiver.hook()
        await sent_with(session, hook, session.knowledge.need("completes"))
        deliveries = await until_the_end(session, hook)
    _must_say(session, deliveries, *sorted(TERMINAL))


async def interrupted(session: Session) -> None:
    def is_asked(deliveries: list[Delivery]) -> bool:
        return any(frame_of(session, one).state == "input-required" for one in deliveries)

    async with receiving_for(session) as receiver:
        hook = receiver.hook()
        await sent_with(session, hook, session.knowledge.need("input"))
        deliveries = await hook.wait(is_asked, session.peer.limits.seconds)
    _must_say(session, deliveries, "input-required")


async def each_state(session: Session) -> None:
    await _must_tell_all(session, "state", _states)


def _states(frames: Sequence[Frame]) -> set[str]:
    return {one.state for one in frames if one.state is not None}


async def each_artifact(session: Session) -> None:
    await _must_tell_all(session, "artifact", _artifact_ids)


def _artifact_ids(frames: Sequence[Frame]) -> set[str]:
    found = [one.body.get("artifact") for one in frames if one.kind == "artifact"]
    for one in frames:
        found += objects(one.body.get("artifacts")) if one.kind == "task" else ()
    return {str(one.get("artifactId")) for one in objects(found)}


async def _must_tell_all(
    session: Session, what: str, told: Callable[[Sequence[Frame]], set[str]]
) -> None:
    """Raises Broken unless deliveries tell of all that is told of by a stream of the task."""
    draft = session.knowledge.need("chunks")
    async with receiving_for(session) as receiver:
        hook = receiver.hook()
        configuration = session.dialect.inline_push(hook.url)
        params = {"message": session.message(draft), "configuration": configuration}
        async with session.stream(Operation.STREAM, params) as stream:
            await stream.first()
            frames = await stream.to_end()
        shown = told(frames[1:])

        def lost(deliveries: list[Delivery]) -> set[str]:
            return shown - told([frame_of(session, one) for one in deliveries])

        deliveries = await hook.wait(lambda found: not lost(found), session.peer.limits.seconds)
    if not deliveries:
        raise NotExercised("nothing was delivered")
    missing = ", ".join(sorted(lost(deliveries)))
    expected = f"each {what} that the stream shows"
    expect(not missing, expected, f"no delivery of {missing}", deliveries[-1].exchange)


async def retry(session: Session) -> None:
    """All deliveries of a task are answered with an error: there are more of them than there are
    of such a task else.

    Endpoints that tell everything twice anyway do not repeat anything by that.
    """
    draft = session.knowledge.need("completes")
    async with receiving_for(session) as receiver:
        steady, failing = receiver.hook(), receiver.hook(lambda _: Answer(status=500))
        await sent_with(session, steady, draft)
        await until_the_end(session, steady)
        usual = await _told_of_all(steady)
        if not usual:
            raise NotExercised("nothing was delivered")
        await sent_with(session, failing, draft)
        limit = session.peer.limits.seconds
        found = await failing.wait(lambda found: len(found) > usual, limit)
    if not found:
        raise NotExercised("nothing was delivered")
    expected = f"a delivery once more within {limit:g} seconds"
    expect(len(found) > usual, expected, "none", found[0].exchange)


async def _told_of_all(hook: Hook) -> int:
    """How many deliveries there are when no more come for a while."""
    count = 0

    def are_more(deliveries: list[Delivery]) -> bool:
        return len(deliveries) > count

    while are_more(found := await hook.wait(are_more, _AFTER_THE_END_SECONDS)):
        count = len(found)
    return count


async def pauses(session: Session) -> None:
    """All deliveries of the end are answered with an error, and their times are taken."""
    times: list[float] = []

    def fails(delivery: Delivery) -> Answer:
        if not is_end(session, delivery):
            return Answer()
        times.append(time.monotonic())
        return Answer(status=500)

    async with receiving_for(session) as receiver:
        hook = receiver.hook(fails)
        await ended(session, hook)
        await hook.wait(lambda _: len(times) >= _MANY, _SEVERAL_SECONDS)
    if len(times) < 2:
        raise NotExercised(f"nothing was tried again within {_SEVERAL_SECONDS:g} seconds")
    spans = [last - first for first, last in zip(times, times[_SEVERAL - 1 :], strict=False)]
    taken = min(spans, default=_SEVERAL_SECONDS)
    expected = f"{_SEVERAL} attempts with pauses between them"
    got = f"all within {1_000 * taken:.0f} ms"
    expect(taken >= _HURRIED_SECONDS, expected, got, hook.deliveries[-1].exchange)


async def nothing_after_delete(session: Session) -> None:
    """Two webhooks on one task: what the one that is left has been told, the other was not."""
    dialect = session.dialect
    async with receiving_for(session) as receiver:
        gone, kept = receiver.hook(), receiver.hook()
        task_id = (await session.started(session.knowledge.need("long")))["id"]
        reply = await registered(session, task_id, gone.url, id=str(uuid4()))
        config_id = dialect.read_push_config(reply.result)[1].get("id")
        if not isinstance(config_id, str):
            raise NotExercised("configurations have no ids here")
        await registered(session, task_id, kept.url, id=str(uuid4()))
        params = dialect.push_ids(task_id, config_id)
        await session.call(Operation.PUSH_DELETE, params)
        await session.call(Operation.CANCEL, {"id": task_id})
        if not any(is_end(session, one) for one in await until_the_end(session, kept)):
            raise NotExercised("the end was not delivered to the webhook that was left, either")
        deliveries = await gone.wait(
            lambda found: any(is_end(session, one) for one in found), _AFTER_THE_END_SECONDS
        )
    for one in deliveries:
        expect(not is_end(session, one), "nothing once it is deleted", "the end", one.exchange)


async def order(session: Session) -> None:
    async with receiving_for(session) as receiver:
        hook = receiver.hook()
        task_id = await sent_with(session, hook, session.knowledge.need("long"))
        await hook.wait(lambda found: len(found) >= _SEVERAL, _SEVERAL_SECONDS)
        await session.call(Operation.CANCEL, {"id": task_id})
        await until_the_end(session, hook)
        deliveries = await hook.wait(lambda _: False, _AFTER_THE_END_SECONDS)
    values = [one.value for one in deliveries]
    changed = [one for at, one in enumerate(deliveries) if at == 0 or values[at - 1] != one.value]
    if len(changed) < 2:
        raise NotExercised("less than two updates were delivered")
    watch = Watch(session.dialect)
    for one in changed:
        frame = frame_of(session, one)
        if frame.kind is None:
            raise NotExercised("what was delivered cannot be read")
        for breach in watch.see(frame):
            if breach.rule in (STATES, NOTHING_AFTER, OPENED, CLOSED):
                raise Broken(breach.expected, breach.got, one.exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        END: end,
        END_INLINE: end_inline,
        "push.interruption-is-delivered": interrupted,
        "push.each-state-is-delivered": each_state,
        "push.each-artifact-is-delivered": each_artifact,
        "push.delivered-again-after-an-error": retry,
        "push.retries-have-pauses": pauses,
        "push.nothing-is-delivered-after-delete": nothing_after_delete,
        "push.delivered-in-order": order,
    }
)
