"""Turns on one task, tasks in one context, messages that come twice, and how much is told."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from a2a_agent import InputRequired, Reply, RunRequest
from tests.support.dialects import V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def asks(request: RunRequest) -> Any:
    yield InputRequired(prompt=f"{len(request.history)} messages so far. Go on?")


def a2a_error(dialect: Dialect, code: int, message: str, reason: str) -> Json:
    data = dialect.error_data(reason)
    return {"code": code, "message": message, **({"data": data} if data else {})}


def refusal(endpoint: Endpoint, dialect: Dialect, **more: Any) -> Json:
    """The error for a message with these members."""
    return endpoint.error(dialect, dialect.send, {"message": dialect.message(**more)})


# Turns.


@pytest.mark.parametrize("names_context", [False, True], ids=["task", "task and context"])
def test_task_goes_on_turn_by_turn(
    endpoint: Endpoint, dialect: Dialect, names_context: bool
) -> None:
    text = endpoint.stage.plays(asks)
    messages = [dialect.message(text)]
    task = endpoint.task(dialect, messages[0])
    ids = {"taskId": task["id"]}
    if names_context:
        ids["contextId"] = task["contextId"]

    for turn in (text, text, "Bye"):
        messages.append(dialect.message(turn, **ids))
        task = endpoint.task(dialect, messages[-1])
        assert task["id"] == ids["taskId"]

    assert task["status"]["state"] == dialect.state("completed")
    said = [(one["messageId"], one["parts"][0]["text"]) for one in task["history"]]
    assert [text for _, text in said] == [
        text,
        "0 messages so far. Go on?",
        text,
        "2 messages so far. Go on?",
        text,
        "4 messages so far. Go on?",
        "Bye",
    ]
    assert [message_id for message_id, _ in said[::2]] == [one["messageId"] for one in messages]


def test_agent_that_waits_for_the_answer_gets_it(endpoint: Endpoint, dialect: Dialect) -> None:
    async def act(request: RunRequest) -> Any:
        answer = await request.ask(InputRequired(prompt="Which?"))
        yield f"{answer.text} it is"

    task = endpoint.task(dialect, endpoint.stage.plays(act))
    answered = endpoint.task(dialect, dialect.message("This", taskId=task["id"]))

    assert task["status"]["state"] == dialect.state("input-required")
    assert answered["id"] == task["id"]
    assert answered["artifacts"][0]["parts"] == [dialect.text_part("This it is")]


def test_answer_whose_client_does_not_wait_is_taken(endpoint: Endpoint, dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        await gate.passed()
        yield "done"

    asked = endpoint.task(dialect, endpoint.stage.plays(asks))
    message = dialect.message(endpoint.stage.plays(act), taskId=asked["id"])
    working = endpoint.started(dialect, message)
    gate.open()

    assert working["status"]["state"] == dialect.state("working")
    assert endpoint.task(dialect, message)["status"]["state"] == dialect.state("completed")


def test_message_to_an_unknown_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    assert refusal(endpoint, dialect, taskId=UNKNOWN) == a2a_error(
        dialect, -32001, f"there is no task {UNKNOWN}", "TASK_NOT_FOUND"
    )


def test_message_to_an_ended_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    task = endpoint.task(dialect)

    assert refusal(endpoint, dialect, taskId=task["id"]) == a2a_error(
        dialect,
        -32004,
        f"task {task['id']} is completed; "
        "it takes a message only while it is input-required or auth-required",
        "UNSUPPORTED_OPERATION",
    )


def test_message_to_a_working_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "working"
        await gate.passed()

    with endpoint.sending(dialect, endpoint.stage.plays(act)) as frames:
        shown = [next(frames) for _ in range(3)]
        task_id = dialect.task(shown[0].result)["id"]
        error = refusal(endpoint, dialect, taskId=task_id)
        gate.open()
        assert dialect.gist([*frames][-1].result) == ("status", "completed", "")

    assert error == a2a_error(
        dialect,
        -32004,
        f"task {task_id} is working; "
        "it takes a message only while it is input-required or auth-required",
        "UNSUPPORTED_OPERATION",
    )


def test_context_that_contradicts_the_task_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    task = endpoint.task(dialect, endpoint.stage.plays(asks))

    said = "is not the context of this task"
    assert refusal(endpoint, dialect, taskId=task["id"], contextId="another") == {
        "code": -32602,
        "message": f"message.contextId: {said}",
        "data": dialect.violations(("message.contextId", said)),
    }


# Contexts.


def test_context_is_made_where_none_is_given(endpoint: Endpoint, dialect: Dialect) -> None:
    first, second = endpoint.task(dialect), endpoint.task(dialect)

    assert first["contextId"] != second["contextId"]


def test_context_that_is_given_is_taken(endpoint: Endpoint, dialect: Dialect) -> None:
    context_id = f"my context {uuid4()}"

    assert endpoint.task(dialect, dialect.message(contextId=context_id))["contextId"] == context_id


def test_new_task_in_an_old_context_knows_what_was_said(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    heard: list[list[str]] = []

    async def act(request: RunRequest) -> Any:
        heard.append([message.text for message in request.history])
        yield f"answer {len(heard)}"

    text = endpoint.stage.plays(act)
    first = endpoint.task(dialect, text)
    second = endpoint.task(dialect, dialect.message(text, contextId=first["contextId"]))

    assert first["id"] != second["id"]
    assert first["contextId"] == second["contextId"]
    assert heard == [[], [text, "answer 1"]]


# Repeats.


def test_repeated_message_gets_the_task_it_made(endpoint: Endpoint, dialect: Dialect) -> None:
    runs = []

    async def act(request: RunRequest) -> Any:
        runs.append(request.task_id)
        yield "once"

    message = dialect.message(endpoint.stage.plays(act))
    first = endpoint.task(dialect, message)

    assert [endpoint.task(dialect, message) for _ in range(3)] == [first] * 3
    assert endpoint.started(dialect, message) == first
    assert runs == [first["id"]]


def test_message_repeated_meanwhile_gets_the_task_it_made(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    gate = Gate()
    runs = []

    async def act(request: RunRequest) -> Any:
        runs.append(request.task_id)
        gate.open()
        yield "once"

    message = dialect.message(endpoint.stage.plays(act))
    with ThreadPoolExecutor(8) as pool:
        tasks = list(pool.map(lambda _: endpoint.task(dialect, message), range(8)))

    assert tasks == [tasks[0]] * 8
    assert runs == [tasks[0]["id"]]


def test_repeated_reply_is_the_same_message(endpoint: Endpoint, dialect: Dialect) -> None:
    async def act(_: RunRequest) -> Any:
        yield Reply.of_text("Hi")

    message = dialect.message(endpoint.stage.plays(act))

    first, second = endpoint.send(dialect, message), endpoint.send(dialect, message)

    assert first == second
    assert dialect.gist(first) == ("message", "Hi")


def test_repeated_answer_gets_the_task_it_went_to(endpoint: Endpoint, dialect: Dialect) -> None:
    asked = endpoint.task(dialect, endpoint.stage.plays(asks))
    answer = dialect.message("Yes", taskId=asked["id"])

    first = endpoint.task(dialect, answer)

    assert first["status"]["state"] == dialect.state("completed")
    assert endpoint.task(dialect, answer) == first


@pytest.mark.parametrize(
    "change",
    [{"messageId": "another"}, {"metadata": {"n": 2}}, {"contextId": "c"}, {"parts": None}],
    ids=lambda change: next(iter(change)),
)
def test_message_that_differs_is_another(
    endpoint: Endpoint, dialect: Dialect, change: Json
) -> None:
    message = dialect.message(metadata={"n": 1})
    if "parts" in change:
        change = {"parts": [dialect.text_part("Hello!")]}

    first = endpoint.task(dialect, message)

    assert endpoint.task(dialect, {**message, **change})["id"] != first["id"]


# How much history is told.


def tell(endpoint: Endpoint, dialect: Dialect) -> Json:
    """A completed task with three messages of history."""
    asked = endpoint.task(dialect, endpoint.stage.plays(asks))
    return endpoint.task(dialect, dialect.message("Bye", taskId=asked["id"]))


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 2**31 - 1])
def test_history_is_the_latest_messages(endpoint: Endpoint, dialect: Dialect, length: int) -> None:
    whole = tell(endpoint, dialect)
    expected = {**whole, "history": whole["history"][-length:]}
    if length == 0:
        del expected["history"]
    message_id = whole["history"][2]["messageId"]
    answer = dialect.message("Bye", taskId=whole["id"], messageId=message_id)

    got = endpoint.get(dialect, whole["id"], historyLength=length)
    sent = endpoint.task(dialect, answer, configuration={"historyLength": length})
    params = {"contextId": whole["contextId"], "historyLength": length, "includeArtifacts": True}
    (listed,) = endpoint.result(dialect, dialect.list, params)["tasks"]

    assert (got, sent, listed) == (expected, expected, expected)


@pytest.mark.parametrize("length", [-1, "1", 1.5, True, 2**31], ids=repr)
def test_history_of_a_senseless_length_is_refused(
    endpoint: Endpoint, dialect: Dialect, length: Any
) -> None:
    for method, params in (
        (dialect.get, {"id": UNKNOWN, "historyLength": length}),
        (dialect.list, {"historyLength": length}),
    ):
        error = endpoint.error(dialect, method, params)
        assert error["code"] == -32602
        assert error["message"].startswith("historyLength: ")


def test_history_is_no_longer_than_the_server_allows(dialect: Dialect) -> None:
    with serving_agent(max_history_length=2) as endpoint:
        task = tell(endpoint, dialect)
        got = endpoint.get(dialect, task["id"], historyLength=3)

    assert len(task["history"]) == 2
    assert got == task


# Tenants.


def test_tenant_sees_nothing_of_another(endpoint: Endpoint) -> None:
    context_id = str(uuid4())
    message = V1_0.message(endpoint.stage.plays(asks), contextId=context_id)
    theirs = endpoint.task(V1_0, message, tenant="theirs")
    ours = endpoint.task(V1_0, message, tenant="ours")
    task_id = theirs["id"]
    not_found = a2a_error(V1_0, -32001, f"there is no task {task_id}", "TASK_NOT_FOUND")

    assert ours["id"] != task_id
    for tenant in ({"tenant": "ours"}, {"tenant": ""}, {}):
        answer = {"message": V1_0.message("Yes", taskId=task_id), **tenant}
        for method, params in (
            (V1_0.get, {"id": task_id, **tenant}),
            (V1_0.cancel, {"id": task_id, **tenant}),
            (V1_0.subscribe, {"id": task_id, **tenant}),
            (V1_0.send, answer),
            (V1_0.stream, answer),
        ):
            assert endpoint.error(V1_0, method, params) == not_found
    for tenant_name, seen in (("theirs", [theirs]), ("ours", [ours]), ("", []), (None, [])):
        params = {"contextId": context_id, "tenant": tenant_name}
        assert endpoint.result(V1_0, V1_0.list, params)["tasks"] == seen
    assert endpoint.get(V1_0, task_id, tenant="theirs") == theirs
