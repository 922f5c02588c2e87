"""Mutants whose subscriptions are none."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.types import ASGIApp

from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, INVALID_PARAMS, TASK_NOT_FOUND
from tests.conformance.mutants.altering import asks_of
from tests.conformance.mutants.changes import recoded_of, streams_of
from tests.conformance.mutants.messages import Asked, Event
from tests.conformance.mutants.mutant import NEW, OLD, Mutant
from tests.conformance.mutants.several_streams import without_artifacts


async def _without_the_task(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    async for event in events:
        if event.frame.kind != "task":
            yield event


async def _only_the_task(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    yield await anext(events)


def _every_other_without_artifacts(app: ASGIApp) -> ASGIApp:
    subscribed: dict[Any, int] = {}

    def stream(events: AsyncIterator[Event], asked: Asked) -> AsyncIterator[Event]:
        task_id = asked.params.get("id")
        subscribed[task_id] = subscribed.get(task_id, 0) + 1
        return without_artifacts(events, asked) if subscribed[task_id] % 2 == 0 else events

    return streams_of(stream, Operation.SUBSCRIBE)(app)


def _from_the_beginning(asked: Asked) -> Asked:
    """Subscriptions give all that there was, also of a task that has ended."""
    return asked.with_headers(last_event_id=asked.headers.get("last-event-id", "0"))


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "subscription to an unknown task as invalid params",
        recoded_of(TASK_NOT_FOUND, INVALID_PARAMS, Operation.SUBSCRIBE),
        ("subscribe.unknown-is-not-found",),
    ),
    Mutant(
        "subscription without an id as an internal error",
        recoded_of(INVALID_PARAMS, INTERNAL_ERROR, Operation.SUBSCRIBE),
        ("subscribe.needs-an-id",),
    ),
    Mutant(
        "subscription without the Task",
        streams_of(_without_the_task, Operation.SUBSCRIBE),
        ("subscribe.begins-with-the-task",),
    ),
    Mutant(
        "subscription closed after the Task",
        streams_of(_only_the_task, Operation.SUBSCRIBE),
        ("subscribe.tells-what-follows-to-the-end",),
    ),
    Mutant(
        "subscribe to an ended task",
        asks_of(_from_the_beginning, Operation.SUBSCRIBE),
        ("subscribe.ended-is-unsupported",),
        NEW,
    ),
    Mutant(
        "subscribe to an ended task",
        asks_of(_from_the_beginning, Operation.SUBSCRIBE),
        ("subscribe.ended-is-refused",),
        OLD,
    ),
    Mutant(
        "every other subscriber without artifacts",
        _every_other_without_artifacts,
        ("subscribe.subscribers-see-the-same",),
    ),
)
