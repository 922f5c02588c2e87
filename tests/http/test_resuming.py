"""Subscribing: to a task as it is now, or as it was after the last event that was seen."""

from typing import Any

import pytest

from a2a_agent import InputRequired, RunFinished, RunRequest, RunStarted, TextDelta
from tests.support.dialects import Dialect
from tests.support.endpoint import Endpoint, Frame
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def answers(_: RunRequest) -> Any:
    yield RunStarted()
    yield TextDelta("one ")
    yield TextDelta("two ")
    yield TextDelta("three")
    yield RunFinished()


async def asks(_: RunRequest) -> Any:
    yield TextDelta("Well")
    yield InputRequired(prompt="Which?")


def stream(endpoint: Endpoint, dialect: Dialect, act: Any, **more: Any) -> list[Frame]:
    """All frames of a new task."""
    with endpoint.sending(dialect, dialect.message(endpoint.stage.plays(act), **more)) as frames:
        return list(frames)


def resumed(endpoint: Endpoint, dialect: Dialect, task_id: str, after: Any) -> list[Frame]:
    """The frames for a reader who has seen that event last."""
    params = {"id": task_id}
    return endpoint.frames(dialect, dialect.subscribe, params, Last_Event_ID=str(after))


def task_id(dialect: Dialect, frames: list[Frame]) -> str:
    found: str = dialect.task(frames[0].result)["id"]
    return found


def test_reader_gets_every_later_event_of_an_ended_task_once(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    shown = stream(endpoint, dialect, answers)
    last = shown[-1].id
    assert [frame.id for frame in shown] == list(range(1, 7))

    for after in range(1, 7):
        first, *rest = resumed(endpoint, dialect, task_id(dialect, shown), after)

        # The task as it was by then stands for all events up to that one, and has its number.
        assert (first.id, dialect.gist(first.result)[0]) == (after, "task")
        assert rest == shown[after:]
    assert rest == [] and last == 6


def test_reader_who_has_seen_nothing_gets_everything(endpoint: Endpoint, dialect: Dialect) -> None:
    shown = stream(endpoint, dialect, answers)

    assert resumed(endpoint, dialect, task_id(dialect, shown), 0) == shown


def test_first_frame_is_the_task_as_it_was_then(endpoint: Endpoint, dialect: Dialect) -> None:
    shown = stream(endpoint, dialect, answers)

    first, *_ = resumed(endpoint, dialect, task_id(dialect, shown), 4)

    task = dialect.task(first.result)
    assert task["status"]["state"] == dialect.state("working")
    assert task["artifacts"] == [
        {
            "artifactId": "response",
            "name": "response",
            "parts": [dialect.text_part("one two ")],
        }
    ]


def test_reader_goes_on_with_the_live_events(endpoint: Endpoint, dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one "
        yield "two "
        await gate.passed()
        yield "three"

    with endpoint.sending(dialect, endpoint.stage.plays(act)) as frames:
        shown = [next(frames) for _ in range(4)]
    params = {"id": task_id(dialect, shown)}
    with endpoint.streaming(dialect, dialect.subscribe, params, Last_Event_ID="3") as frames:
        seen = [next(frames), next(frames)]
        gate.open()
        seen += frames

    assert [frame.id for frame in seen] == [3, 4, 5, 6]
    assert seen[1] == shown[3]
    assert [dialect.gist(frame.result) for frame in seen[2:]] == [
        ("artifact", "response", "three", "last"),
        ("status", "completed", ""),
    ]


def test_reader_of_an_interrupted_task_gets_up_to_the_question(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    shown = stream(endpoint, dialect, asks)
    known = task_id(dialect, shown)

    assert resumed(endpoint, dialect, known, 0) == shown
    assert resumed(endpoint, dialect, known, 2)[1:] == shown[2:]
    (only,) = resumed(endpoint, dialect, known, 4)
    assert (only.id, dialect.gist(only.result)) == (4, ("task", "input-required"))


def test_reader_who_has_seen_the_question_gets_what_came_of_the_answer(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    asked = stream(endpoint, dialect, asks)
    known = task_id(dialect, asked)
    answered = stream(endpoint, dialect, answers, taskId=known)

    up_to_question = resumed(endpoint, dialect, known, 1)
    to_the_end = resumed(endpoint, dialect, known, up_to_question[-1].id)

    assert up_to_question[1:] == asked[1:]
    assert [frame.id for frame in to_the_end] == [4, *range(5, 10)]
    assert to_the_end[2:] == answered[1:]


@pytest.mark.parametrize("after", ["7", "1000", "9" * 18])
def test_event_that_has_not_happened_is_refused(
    endpoint: Endpoint, dialect: Dialect, after: str
) -> None:
    shown = stream(endpoint, dialect, answers)
    params = {"id": task_id(dialect, shown)}

    assert endpoint.error(dialect, dialect.subscribe, params, Last_Event_ID=after) == {
        "code": -32602,
        "message": "Last-Event-ID: must be 0 to 6 for this task",
        "data": dialect.violations(("Last-Event-ID", "must be 0 to 6 for this task")),
    }


@pytest.mark.parametrize("after", ["-1", "+1", "1.0", "one", "1 2", "0x1", "9" * 19, "{}", "\xb2"])
def test_event_id_that_is_none_of_ours_is_refused(
    endpoint: Endpoint, dialect: Dialect, after: str
) -> None:
    shown = stream(endpoint, dialect, answers)
    params = {"id": task_id(dialect, shown)}

    said = "must be the id of an event of this task's stream"
    assert endpoint.error(dialect, dialect.subscribe, params, Last_Event_ID=after) == {
        "code": -32602,
        "message": f"Last-Event-ID: {said}",
        "data": dialect.violations(("Last-Event-ID", said)),
    }


def test_empty_event_id_is_none(endpoint: Endpoint, dialect: Dialect) -> None:
    shown = stream(endpoint, dialect, asks)
    params = {"id": task_id(dialect, shown)}

    (only,) = endpoint.frames(dialect, dialect.subscribe, params, Last_Event_ID="")

    assert (only.id, dialect.gist(only.result)) == (4, ("task", "input-required"))


@pytest.mark.parametrize("after", ["1", "one", ""])
def test_event_id_means_nothing_to_other_methods(
    endpoint: Endpoint, dialect: Dialect, after: str
) -> None:
    params = {"message": dialect.message()}

    sent = endpoint.result(dialect, dialect.send, params, Last_Event_ID=after)
    streamed = endpoint.frames(dialect, dialect.stream, params, Last_Event_ID=after)

    assert dialect.gist(sent) == ("task", "completed")
    assert (streamed[0].id, dialect.gist(streamed[0].result)) == (1, ("task", "submitted"))


# Without the id of an event.


def test_subscription_begins_with_the_task_as_it_is_now(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one "
        await gate.passed()
        yield "two"

    with endpoint.sending(dialect, endpoint.stage.plays(act)) as frames:
        shown = [next(frames) for _ in range(3)]
    params = {"id": task_id(dialect, shown)}
    with endpoint.streaming(dialect, dialect.subscribe, params) as frames:
        first = next(frames)
        gate.open()
        rest = list(frames)

    assert first.id == 3
    assert dialect.task(first.result) == {
        **endpoint.get(dialect, params["id"]),
        "status": shown_status(dialect, shown[1]),
        "artifacts": [
            {
                "artifactId": "response",
                "name": "response",
                "parts": [dialect.text_part("one ")],
            }
        ],
    }
    assert [(frame.id, dialect.gist(frame.result)) for frame in rest] == [
        (4, ("artifact", "response", "two", "last")),
        (5, ("status", "completed", "")),
    ]


def shown_status(dialect: Dialect, frame: Frame) -> Any:
    update = frame.result if dialect.is_old else frame.result["statusUpdate"]
    return update["status"]


def test_subscription_to_an_interrupted_task_is_the_task_alone(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    shown = stream(endpoint, dialect, asks)
    params = {"id": task_id(dialect, shown)}

    (only,) = endpoint.frames(dialect, dialect.subscribe, params)

    assert dialect.task(only.result) == endpoint.get(dialect, params["id"])


def test_subscription_to_an_ended_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    known = task_id(dialect, stream(endpoint, dialect, answers))

    data = dialect.error_data("UNSUPPORTED_OPERATION")
    assert endpoint.error(dialect, dialect.subscribe, {"id": known}) == {
        "code": -32004,
        "message": f"task {known} is completed; with Last-Event-ID its stream can be read again",
        **({"data": data} if data else {}),
    }


def test_subscription_to_an_unknown_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    for headers in ({}, {"Last_Event_ID": "1"}):
        error = endpoint.error(dialect, dialect.subscribe, {"id": UNKNOWN}, **headers)

        assert (error["code"], error["message"]) == (-32001, f"there is no task {UNKNOWN}")
