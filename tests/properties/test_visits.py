"""Whatever an agent does, the clients of the whole application see a legal stream."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import settings

from a2a_agent import InputRequired, RunRequest, Task
from a2a_agent.domain.errors import UnsupportedOperation
from a2a_agent.runtime.agent import Events
from tests.properties.seasons import season
from tests.support.services import SCOPE, asking, serving, soon
from tests.support.stores import StagedStore


# An older Hypothesis takes its own generator of random numbers for garbage, because a server that
# has started hides what was there before from the garbage collector.
@pytest.mark.filterwarnings("ignore:It looks like `register_random`")
@pytest.mark.parametrize(
    ("store", "examples"),
    [("memory:", 120), ("sqlite:///{}/tasks.db", 30)],
    ids=["memory", "sqlite"],
)
def test_every_client_of_every_agent_sees_the_task(
    store: str, examples: int, tmp_path: Path
) -> None:
    assert season(store.format(tmp_path), settings(max_examples=examples))


async def test_answer_that_meets_the_end_of_its_task_is_refused_and_holds_nothing_up() -> None:
    """Found by the plays, on SQLite: the answer failed, and the server could not be stopped."""
    may_give_up, store = asyncio.Event(), StagedStore()

    async def gives_up(request: RunRequest) -> Events:
        question = asyncio.ensure_future(request.ask(InputRequired(prompt="Which?")))
        await may_give_up.wait()
        question.cancel()
        raise RuntimeError
        yield ""

    async with serving(gives_up, store) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        store.after_head.shut()
        answer = asyncio.create_task(service.send(SCOPE, asking(task_id=task.id)))
        await store.after_head.knocked()
        may_give_up.set()
        await soon(store.ended[task.id].wait())
        store.after_head.open()

        with pytest.raises(UnsupportedOperation):
            await soon(answer)
        await soon(service.close())
