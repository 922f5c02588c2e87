"""Mutants whose streams are in disorder, or badly written."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from starlette.types import Message, Receive, Send

from a2a_agent.domain.agent_events import Artifact, Reply, RunFinished, RunStarted
from a2a_agent.domain.model import TextPart
from tests.conformance.mutants.altering import (
    Alteration,
    client_gone,
    frames,
    is_stream,
    sends,
    streams,
)
from tests.conformance.mutants.changes import event_by_event, last_event, without
from tests.conformance.mutants.messages import Asked, Event
from tests.conformance.mutants.mutant import OLD, Mutant, Plays, Setup


def _chunk(text: str, *, append: bool = True, last: bool = False) -> Artifact:
    return Artifact(artifact_id="a", parts=(TextPart(text),), append=append, last=last)


_IN_CHUNKS = Setup(
    name="that answers in chunks",
    agent=Plays(
        (
            RunStarted(),
            _chunk("one ", append=False),
            _chunk("two "),
            _chunk("three", last=True),
            RunFinished(),
        )
    ),
)
_BY_MESSAGE = Setup(name="that answers by Message", agent=Plays((Reply.of_text("Hello"),)))


def _first(change: Any) -> Alteration:
    return event_by_event(lambda event, number: change(event) if number == 0 else event)


def _later(change: Any) -> Alteration:
    """Changes all events but the first."""
    return event_by_event(lambda event, number: change(event) if number > 0 else event)


def _artifacts(change: Any) -> Alteration:
    return event_by_event(
        lambda event, _: change(event) if event.frame.kind == "artifact" else event
    )


def _statuses(change: Any) -> Alteration:
    return event_by_event(lambda event, _: change(event) if event.frame.kind == "status" else event)


def _ids(change: Any) -> Alteration:
    return frames(lambda response, _: {**response, "id": change(response["id"])})


def _is(event: Event, state: str) -> bool:
    return event.frame.state == state


async def _with_another_task(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """After the task, all of it comes again as of another one."""
    seen = []
    async for event in events:
        seen.append(event)
        yield event
    for event in seen:
        own = "id" if event.frame.kind == "task" else "taskId"
        yield event.with_body(**{own: "another-task"})


def _with_a_message(event: Event) -> list[Event]:
    """After the task, a message of it."""
    messages = event.frame.body.get("history", ())
    is_old = "kind" in event.result
    return [event, *(event.with_result(m if is_old else {"message": m}) for m in messages)]


def _back_to_submitted(event: Event) -> list[Event]:
    status = event.frame.body["status"]
    state = "submitted" if "kind" in event.result else "TASK_STATE_SUBMITTED"
    return [event, event.with_body(status={**status, "state": state})]


def _as_json(_: Receive, send: Send) -> Send:
    async def send_other(message: Message) -> None:
        if message["type"] == "http.response.start" and is_stream(message):
            message = {**message, "headers": [(b"content-type", b"application/json")]}
        await send(message)

    return send_other


def _left_open(receive: Receive, send: Send) -> Send:
    """Streams stay open when all has been said, until the client goes."""
    started: list[bool] = []

    async def send_held(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(is_stream(message))
        elif any(started) and not message.get("more_body"):
            await client_gone(receive)
        await send(message)

    return send_held


def _merged(event: Event) -> Event:
    """Without the empty line at its end: whatever follows is part of it."""
    return replace(event, end=b"\n")


async def _late_artifacts(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """The artifacts come when everything else has come."""
    late = []
    async for event in events:
        if event.frame.kind == "artifact":
            late.append(event)
        else:
            yield event
    for event in late:
        yield event


async def _out_of_order(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """The chunks that are appended come the other way round."""
    appended = []
    async for event in events:
        if event.frame.body.get("append") is True:
            appended.append(event)
        else:
            for chunk in reversed(appended):
                yield chunk
            appended.clear()
            yield event


MUTANTS: Sequence[Mutant] = (
    Mutant("streams as JSON", sends(_as_json), ("stream.content-type",)),
    Mutant(
        "frames written over several lines",
        event_by_event(lambda event, _: replace(event, indent=2)),
        ("stream.one-line-of-data",),
    ),
    Mutant(
        "no empty lines at all",
        event_by_event(lambda event, _: _merged(event)),
        ("stream.events-end-with-an-empty-line",),
    ),
    Mutant(
        "no empty line between events",
        event_by_event(lambda e, _: e if e.frame.kind == "artifact" else _merged(e)),
        ("stream.events-end-with-an-empty-line",),
    ),
    Mutant(
        "no empty line after the last event",
        last_event(lambda event: [_merged(event)]),
        ("stream.events-end-with-an-empty-line",),
    ),
    Mutant(
        "bare frames without an envelope",
        frames(lambda response, _: response["result"]),
        ("stream.event-is-a-response",),
    ),
    Mutant(
        "[DONE] at the end",
        last_event(lambda event: [event, event.saying("[DONE]")]),
        ("stream.event-is-a-response",),
    ),
    Mutant("id echoed with another type on streams", _ids(str), ("stream.same-id-in-every-event",)),
    Mutant(
        "id missing on later frames",
        _later(lambda event: event.saying(without(event.value, "id"))),
        ("stream.same-id-in-every-event",),
    ),
    Mutant(
        "id of its own for each frame",
        event_by_event(lambda event, number: event.saying({**event.value, "id": number})),
        ("stream.same-id-in-every-event",),
    ),
    Mutant(
        "first frame not a Task",
        _first(lambda _: []),
        ("stream.first-is-the-task-or-a-message",),
    ),
    Mutant(
        "two Messages",
        last_event(lambda event: [event, event]),
        ("stream.message-comes-alone",),
        setup=_BY_MESSAGE,
    ),
    Mutant("Message and Task mixed", _first(_with_a_message), ("stream.message-comes-alone",)),
    Mutant("two tasks on one stream", streams(_with_another_task), ("stream.one-task",)),
    Mutant(
        "task id differing between frames",
        _later(lambda event: event.with_body(taskId="another-task")),
        ("stream.one-task",),
    ),
    Mutant(
        "context id differing between frames",
        _later(lambda event: event.with_body(contextId="another-context")),
        ("stream.one-context",),
    ),
    Mutant(
        "submitted again after working",
        _statuses(lambda e: _back_to_submitted(e) if _is(e, "working") else e),
        ("stream.legal-states",),
    ),
    Mutant(
        "first chunk marked append",
        _artifacts(lambda event: event.with_body(append=True)),
        ("stream.artifact-opened-before-it-is-appended-to",),
    ),
    Mutant(
        "append to an unknown artifact",
        _artifacts(
            lambda e: (
                e.with_body(artifact={**e.frame.body["artifact"], "artifactId": "unknown"})
                if e.frame.body["append"]
                else e
            )
        ),
        ("stream.artifact-opened-before-it-is-appended-to",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "each chunk marked as the last one",
        _artifacts(lambda event: event.with_body(lastChunk=True)),
        ("stream.artifact-closed-once",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "chunk lost",
        _artifacts(lambda e: [] if e.frame.body["append"] and not e.frame.body["lastChunk"] else e),
        ("stream.adds-up-to-the-task",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "last chunk replaces the text before",
        _artifacts(lambda event: event.with_body(append=False)),
        ("stream.adds-up-to-the-task",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "chunk twice",
        _artifacts(lambda event: [event, event] if event.frame.body["append"] else event),
        ("stream.adds-up-to-the-task",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "chunks out of order",
        streams(_out_of_order),
        ("stream.adds-up-to-the-task",),
        setup=_IN_CHUNKS,
    ),
    Mutant(
        "final flag missing",
        _statuses(lambda event: event.with_body(final=False)),
        ("stream.final-at-the-end",),
        OLD,
    ),
    Mutant(
        "final flag on every status",
        _statuses(lambda event: event.with_body(final=True)),
        ("stream.final-only-at-the-end",),
        OLD,
    ),
    Mutant(
        "event after the final one",
        last_event(lambda event: [event, event]),
        ("stream.nothing-after-the-end",),
    ),
    Mutant(
        "artifact after the final status",
        streams(_late_artifacts),
        ("stream.nothing-after-the-end",),
    ),
    Mutant("closed without an end state", last_event(lambda _: []), ("stream.reaches-an-end",)),
    Mutant(
        "stream not closed",
        sends(_left_open),
        ("stream.closes-at-the-end", "stream.closes-without-delay"),
        is_slow=True,
    ),
)
