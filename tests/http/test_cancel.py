"""Canceling tasks."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from a2a_agent import InputRequired, RunFinished, RunRequest, TaskState
from tests.support.dialects import Dialect, Json
from tests.support.endpoint import Endpoint, Frame
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def waits(_: RunRequest) -> Any:
    yield "half an "
    await Gate().passed()


async def asks(_: RunRequest) -> Any:
    yield InputRequired(prompt="Which?")


def a2a_error(dialect: Dialect, code: int, message: str, reason: str) -> Json:
    data = dialect.error_data(reason)
    return {"code": code, "message": message, **({"data": data} if data else {})}


def begun(endpoint: Endpoint, dialect: Dialect, act: Any = waits) -> Any:
    """The stream of a new task, still to be opened."""
    return endpoint.sending(dialect, endpoint.stage.plays(act))


def test_cancel_returns_the_canceled_task_and_keeps_its_text(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    with begun(endpoint, dialect) as frames:
        shown: list[Frame] = [next(frames) for _ in range(3)]
        task_id = dialect.task(shown[0].result)["id"]
        canceled = endpoint.result(dialect, dialect.cancel, {"id": task_id})
        rest = [dialect.gist(frame.result) for frame in frames]

    assert canceled == endpoint.get(dialect, task_id)
    assert canceled["status"] == {
        "state": dialect.state("canceled"),
        "timestamp": canceled["status"]["timestamp"],
    }
    assert canceled["artifacts"][0]["parts"] == [dialect.text_part("half an ")]
    assert rest == [("artifact", "response", "", "last"), ("status", "canceled", "")]


def test_cancel_stops_the_agent(endpoint: Endpoint, dialect: Dialect) -> None:
    stopped = Gate()

    async def act(_: RunRequest) -> Any:
        yield "working"
        try:
            await Gate().passed()
        finally:
            stopped.open()

    with begun(endpoint, dialect, act) as frames:
        task_id = dialect.task([next(frames) for _ in range(3)][0].result)["id"]
        endpoint.result(dialect, dialect.cancel, {"id": task_id})

    stopped.wait()


def test_cancel_of_a_task_that_has_asked_cancels_it(endpoint: Endpoint, dialect: Dialect) -> None:
    task = endpoint.task(dialect, endpoint.stage.plays(asks))

    canceled = endpoint.result(dialect, dialect.cancel, {"id": task["id"]})

    assert canceled["status"]["state"] == dialect.state("canceled")
    assert [one["parts"][0] for one in canceled["history"]] == [
        *(one["parts"][0] for one in task["history"]),
        dialect.text_part("Which?"),
    ]


def test_cancel_of_a_task_that_waits_for_an_answer_cancels_it(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    async def act(request: RunRequest) -> Any:
        yield (await request.ask(InputRequired(prompt="Which?"))).text

    task = endpoint.task(dialect, endpoint.stage.plays(act))

    canceled = endpoint.result(dialect, dialect.cancel, {"id": task["id"]})

    assert canceled["status"]["state"] == dialect.state("canceled")


@pytest.mark.parametrize(
    "state", [TaskState.COMPLETED, TaskState.FAILED, TaskState.REJECTED, TaskState.CANCELED]
)
def test_cancel_of_an_ended_task_is_refused(
    endpoint: Endpoint, dialect: Dialect, state: TaskState
) -> None:
    async def act(_: RunRequest) -> Any:
        yield RunFinished(state=state)

    task = endpoint.task(dialect, endpoint.stage.plays(act))

    error = endpoint.error(dialect, dialect.cancel, {"id": task["id"]})
    assert error == a2a_error(
        dialect,
        -32002,
        f"task {task['id']} is {state.value} already",
        "TASK_NOT_CANCELABLE",
    )
    assert endpoint.get(dialect, task["id"]) == task


def test_cancel_of_an_unknown_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    assert endpoint.error(dialect, dialect.cancel, {"id": UNKNOWN}) == a2a_error(
        dialect, -32001, f"there is no task {UNKNOWN}", "TASK_NOT_FOUND"
    )


@pytest.mark.parametrize("params", [None, {}, {"id": None}, {"id": ""}, {"id": 5}], ids=repr)
def test_operation_on_a_task_without_its_id_is_refused(
    endpoint: Endpoint, dialect: Dialect, params: Any
) -> None:
    for method in (dialect.get, dialect.cancel, dialect.subscribe):
        error = endpoint.error(dialect, method, params)

        assert error["code"] == -32602
        assert error["message"].startswith("id: ")


def test_two_cancels_at_once_make_one_canceled(endpoint: Endpoint, dialect: Dialect) -> None:
    with begun(endpoint, dialect) as frames:
        task_id = dialect.task([next(frames) for _ in range(3)][0].result)["id"]
        with ThreadPoolExecutor(4) as pool:
            replies = list(
                pool.map(
                    lambda _: endpoint.call(dialect, dialect.cancel, {"id": task_id}), range(4)
                )
            )
        rest = [dialect.gist(frame.result) for frame in frames]

    canceled = [reply["result"] for reply in replies if "result" in reply]
    assert canceled == [endpoint.get(dialect, task_id)] * len(canceled)
    assert len(canceled) > 0
    codes = {reply["error"]["code"] for reply in replies if "error" in reply}
    assert codes <= {-32002}
    assert rest == [("artifact", "response", "", "last"), ("status", "canceled", "")]
