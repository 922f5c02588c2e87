"""A whole visit, from the card to a task that goes on after a restart, in both versions."""

from pathlib import Path
from typing import Any

import pytest

from a2a_agent import InputRequired, RunFinished, RunRequest, RunStarted, TextDelta
from tests.support.dialects import DIALECTS, Dialect
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate
from tests.support.shapes import check_shape


async def orders(request: RunRequest) -> Any:
    """Takes an order in as many turns as it needs."""
    yield RunStarted()
    match request.text:
        case "A pizza, please.":
            yield InputRequired(prompt="Which size?", resume={"dish": "pizza"})
        case "wait":
            yield TextDelta("Just a ")
            await Gate().passed()
        case size:
            dish = request.resume["dish"] if isinstance(request.resume, dict) else "nothing"
            yield TextDelta(f"One {size} ")
            yield TextDelta(f"{dish}.")
            yield RunFinished()


def visiting(store: Path, path: str = "/a2a") -> Any:
    return serving_agent(orders, store=f"sqlite:///{store}", rpc_path=path)


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_visit_of_a_client(dialect: Dialect, tmp_path: Path) -> None:
    store = tmp_path / "tasks.db"
    with visiting(store) as endpoint:
        # It finds the way by the card.
        card = endpoint.http.get("/.well-known/agent-card.json").json()
        check_shape(dialect.version, "AgentCard", card)
        url = card["url"] if dialect.is_old else interface(card, dialect.version)
        assert url == f"{endpoint.base}/a2a"
        guest = Endpoint(endpoint.base, endpoint.stage, url.removeprefix(endpoint.base))

        # It orders, is asked, and answers while it watches.
        asked = guest.task(dialect, "A pizza, please.")
        assert asked["status"]["state"] == dialect.state("input-required")
        answer = dialect.message("large", taskId=asked["id"])
        assert guest.gists(dialect, answer) == [
            ("task", "working"),
            ("artifact", "response", "One large ", "first"),
            ("artifact", "response", "pizza.", "last"),
            ("status", "completed", ""),
        ]
        done = guest.get(dialect, asked["id"])
        assert done["artifacts"][0]["parts"] == [dialect.text_part("One large pizza.")]

        # It leaves a stream, comes back to where it was, and cancels the task.
        with guest.sending(dialect, "wait") as frames:
            seen = [next(frames) for _ in range(3)]
        waiting = {"id": dialect.task(seen[0].result)["id"]}
        with guest.streaming(dialect, dialect.subscribe, waiting, Last_Event_ID="2") as frames:
            again = [next(frames), next(frames)]
            guest.result(dialect, dialect.cancel, waiting)
            rest = [dialect.gist(frame.result) for frame in frames]
        assert (again[0].id, again[1]) == (2, seen[2])
        assert rest == [("artifact", "response", "", "last"), ("status", "canceled", "")]

        unanswered = guest.task(dialect, "A pizza, please.")
        guest.http.close()

    # The server is started anew: everything is there, and the conversation goes on.
    with visiting(store) as endpoint:
        listed = endpoint.result(dialect, dialect.list, {"includeArtifacts": True})["tasks"]
        assert {task["id"]: task["status"]["state"] for task in listed} == {
            unanswered["id"]: dialect.state("input-required"),
            waiting["id"]: dialect.state("canceled"),
            done["id"]: dialect.state("completed"),
        }
        assert endpoint.get(dialect, done["id"]) == done
        frames_again = endpoint.frames(dialect, dialect.subscribe, waiting, Last_Event_ID="2")
        assert frames_again[:2] == again
        answered = endpoint.task(dialect, dialect.message("small", taskId=unanswered["id"]))
        assert answered["artifacts"][0]["parts"] == [dialect.text_part("One small pizza.")]


def interface(card: Any, version: str) -> str:
    (url,) = [
        one["url"]
        for one in card["supportedInterfaces"]
        if (one["protocolBinding"], one["protocolVersion"]) == ("JSONRPC", version)
    ]
    found: str = url
    return found
