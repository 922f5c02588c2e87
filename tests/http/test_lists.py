"""Listing tasks: filters, pages, order, and what is left out."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from a2a_agent import InputRequired, Reply, RunRequest, RunStarted
from tests.support.dialects import DIALECTS, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate


@pytest.fixture(params=["memory:", "sqlite"])
def stored(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Endpoint]:
    """An endpoint of its own on each kind of store."""
    store = request.param
    with serving_agent(
        store=store if store == "memory:" else f"sqlite:///{tmp_path}/tasks.db"
    ) as endpoint:
        yield endpoint


async def asks(_: RunRequest) -> Any:
    yield InputRequired(prompt="Which?")


def listed(endpoint: Endpoint, dialect: Dialect, **params: Any) -> Json:
    page: Json = endpoint.result(dialect, dialect.list, params)
    return page


def ids(page: Json) -> list[str]:
    return [task["id"] for task in page["tasks"]]


def test_nothing_is_listed_of_an_empty_server(stored: Endpoint, dialect: Dialect) -> None:
    assert listed(stored, dialect) == {
        "tasks": [],
        "nextPageToken": "",
        "pageSize": 50,
        "totalSize": 0,
    }


def test_tasks_are_listed_newest_first_without_their_artifacts(
    stored: Endpoint, dialect: Dialect
) -> None:
    tasks = [stored.task(dialect) for _ in range(3)]

    page = listed(stored, dialect)
    whole = listed(stored, dialect, includeArtifacts=True)

    stamps = [(task["status"]["timestamp"], task["id"]) for task in page["tasks"]]
    assert [stamp for stamp, _ in stamps] == sorted((stamp for stamp, _ in stamps), reverse=True)
    by_id = {task["id"]: task for task in tasks}
    assert whole["tasks"] == [by_id[task_id] for task_id in ids(page)]
    for task in whole["tasks"]:
        del task["artifacts"]
    assert page == {**whole, "totalSize": 3, "pageSize": 50, "nextPageToken": ""}


def test_task_comes_to_the_top_when_its_status_changes(stored: Endpoint, dialect: Dialect) -> None:
    first = stored.task(dialect, stored.stage.plays(asks))
    second = later(stored, dialect, first)

    third = later(stored, dialect, second, taskId=first["id"])

    assert third["id"] == first["id"]
    assert ids(listed(stored, dialect))[0] == first["id"]


def test_task_whose_text_came_in_pieces_is_listed_without_it(
    stored: Endpoint, dialect: Dialect
) -> None:
    gates = [Gate(), Gate()]

    async def act(_: RunRequest) -> Any:
        yield RunStarted()
        await gates[0].passed()
        yield "one "
        await gates[1].passed()
        yield "two"

    with stored.sending(dialect, stored.stage.plays(act)) as frames:
        shown = [next(frames), next(frames)]
        gates[0].open()
        shown.append(next(frames))
        gates[1].open()
        shown += frames
    expected = stored.get(dialect, dialect.task(shown[0].result)["id"])
    del expected["artifacts"]

    assert listed(stored, dialect)["tasks"] == [expected]


def later(endpoint: Endpoint, dialect: Dialect, than: Json, **more: Any) -> Json:
    """A task whose status has a later time than that of another one."""
    while True:
        task = endpoint.task(dialect, dialect.message(endpoint.stage.plays(asks), **more))
        if task["status"]["timestamp"] > than["status"]["timestamp"]:
            return task
        more = {"taskId": task["id"]}


def test_pages_hold_every_task_once(stored: Endpoint, dialect: Dialect) -> None:
    tasks = {stored.task(dialect)["id"] for _ in range(7)}

    seen: list[str] = []
    sizes, token = [], None
    while token != "":
        page = listed(stored, dialect, pageSize=3, pageToken=token)
        assert (page["pageSize"], page["totalSize"]) == (3, 7)
        seen += ids(page)
        sizes.append(len(page["tasks"]))
        token = page["nextPageToken"]

    assert sizes == [3, 3, 1]
    assert (len(seen), set(seen)) == (7, tasks)


def test_page_that_holds_the_last_task_is_the_last(stored: Endpoint, dialect: Dialect) -> None:
    for _ in range(2):
        stored.task(dialect)

    assert listed(stored, dialect, pageSize=2)["nextPageToken"] == ""


def test_only_tasks_of_the_context_are_listed(stored: Endpoint, dialect: Dialect) -> None:
    context_id = str(uuid4())
    mine = [stored.task(dialect, dialect.message(contextId=context_id)) for _ in range(2)]
    stored.task(dialect)

    page = listed(stored, dialect, contextId=context_id)

    assert sorted(ids(page)) == sorted(task["id"] for task in mine)
    assert page["totalSize"] == 2


def test_only_tasks_of_the_status_are_listed(stored: Endpoint, dialect: Dialect) -> None:
    asked = stored.task(dialect, stored.stage.plays(asks))
    done = stored.task(dialect)

    found = {
        state: ids(listed(stored, dialect, status=dialect.state(state)))
        for state in ("input-required", "completed", "failed", "working")
    }

    assert found == {
        "input-required": [asked["id"]],
        "completed": [done["id"]],
        "failed": [],
        "working": [],
    }


def test_only_tasks_of_later_status_are_listed(stored: Endpoint, dialect: Dialect) -> None:
    first = stored.task(dialect, stored.stage.plays(asks))
    second = later(stored, dialect, first)
    since = second["status"]["timestamp"]

    assert ids(listed(stored, dialect, statusTimestampAfter=since)) == [second["id"]]
    assert listed(stored, dialect, statusTimestampAfter="9999-12-31T23:59:59Z")["tasks"] == []
    everything = listed(stored, dialect, statusTimestampAfter="0001-01-01T00:00:00Z")
    assert {first["id"], second["id"]} <= set(ids(everything))


def test_message_is_no_task(stored: Endpoint, dialect: Dialect) -> None:
    async def act(_: RunRequest) -> Any:
        yield Reply.of_text("Hi")

    stored.send(dialect, stored.stage.plays(act))

    assert listed(stored, dialect)["totalSize"] == 0


def test_both_versions_see_the_same_tasks(endpoint: Endpoint) -> None:
    context_id = str(uuid4())
    tasks = [endpoint.task(dialect, dialect.message(contextId=context_id)) for dialect in DIALECTS]

    for dialect in DIALECTS:
        page = listed(endpoint, dialect, contextId=context_id)
        assert sorted(ids(page)) == sorted(task["id"] for task in tasks)


def test_page_is_as_large_as_the_server_allows(dialect: Dialect) -> None:
    with serving_agent(max_page_size=2) as endpoint:
        for _ in range(3):
            endpoint.task(dialect)
        page = listed(endpoint, dialect)
        error = endpoint.error(dialect, dialect.list, {"pageSize": 3})

    assert (page["pageSize"], len(page["tasks"])) == (2, 2)
    assert error["message"] == "pageSize: must be 1 to 2"


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "MTIz", "OjE=", "eDp4", "=", "\0"])
def test_token_of_no_page_is_refused(endpoint: Endpoint, dialect: Dialect, token: str) -> None:
    said = "is none that this server gave"

    assert endpoint.error(dialect, dialect.list, {"pageToken": token}) == {
        "code": -32602,
        "message": f"pageToken: {said}",
        "data": dialect.violations(("pageToken", said)),
    }


@pytest.mark.parametrize("size", [0, -1, 101, 2**31, 2**64 - 1])
def test_page_of_a_size_that_is_not_allowed_is_refused(
    endpoint: Endpoint, dialect: Dialect, size: int
) -> None:
    assert endpoint.error(dialect, dialect.list, {"pageSize": size}) == {
        "code": -32602,
        "message": "pageSize: must be 1 to 100",
        "data": dialect.violations(("pageSize", "must be 1 to 100")),
    }


SENSELESS: dict[str, list[Any]] = {
    "contextId": [5, []],
    "status": ["unknown", "", 5, "TASK_STATE_NONSENSE", []],
    "pageSize": ["5", 1.5, True, []],
    "pageToken": [5, {}],
    "historyLength": ["1"],
    "includeArtifacts": ["yes", 1],
    "statusTimestampAfter": [
        "",
        "yesterday",
        5,
        "2025-10-28T10:30:00",
        "2025-13-01T00:00:00Z",
    ],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SENSELESS.items() for value in values]
)
def test_senseless_filter_is_refused_by_its_name(
    endpoint: Endpoint, dialect: Dialect, name: str, value: Any
) -> None:
    error = endpoint.error(dialect, dialect.list, {name: value})

    assert (error["code"], error["message"].partition(": ")[0]) == (-32602, name)


@pytest.mark.parametrize("name", SENSELESS)
def test_filter_that_is_null_is_none(endpoint: Endpoint, dialect: Dialect, name: str) -> None:
    assert listed(endpoint, dialect, **{name: None})["pageSize"] == 50
