"""A message that is stored is worked on, whoever asked, whatever becomes of them."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from a2a_agent.domain.agent_events import InputRequired, Reply
from a2a_agent.domain.errors import Busy, StoreUnavailable
from a2a_agent.domain.model import DataPart, Message, Role, Task, TaskState, TextPart
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    SendMessage,
    Snapshot,
    SubscribeToTask,
    View,
)
from a2a_agent.domain.views import StreamMode
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.reception import message_key
from a2a_agent.runtime.store import Page, Query, Scope
from tests.support.services import (
    SCOPE,
    asking,
    drained,
    events,
    flat,
    for_ever,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore


async def echo(request: RunRequest) -> AsyncIterator[str]:
    yield request.text


async def test_run_begins_though_its_request_is_gone_before_the_message_is_stored() -> None:
    store = StagedStore()
    async with serving(echo, store) as service:
        store.before_append.shut()
        request = asyncio.ensure_future(service.send(SCOPE, asking("Hi", "m")))
        await store.before_append.knocked()
        request.cancel()
        await asyncio.wait((request,))
        store.before_append.open()

        again = await soon(service.send(SCOPE, asking("Hi", "m")))

    assert isinstance(again, Task)
    assert (again.status.state, again.answer) == (TaskState.COMPLETED, "Hi")


async def test_answer_reaches_its_ask_though_its_request_is_gone_before_it_is_stored() -> None:
    async def curious(request: RunRequest) -> AsyncIterator[str]:
        yield (await request.ask(InputRequired(prompt="?"))).text

    store = StagedStore()
    async with serving(curious, store) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        store.before_append.shut()
        said = asking("blue", task_id=task.id)
        request = asyncio.ensure_future(service.send(SCOPE, said))
        await store.before_append.knocked()
        request.cancel()
        await asyncio.wait((request,))
        store.before_append.open()

        again = await soon(service.send(SCOPE, said))

    assert isinstance(again, Task)
    assert (again.status.state, again.answer) == (TaskState.COMPLETED, "blue")


async def test_closing_waits_for_messages_that_are_on_their_way_into_the_store() -> None:
    store = StagedStore()
    async with serving(echo, store, shutdown_seconds=5.0) as service:
        store.before_append.shut()
        request = asyncio.ensure_future(service.send(SCOPE, asking("Hi")))
        await store.before_append.knocked()
        closing = asyncio.ensure_future(service.close())
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await soon(service.send(SCOPE, asking("No")))
        store.before_append.open()
        await soon(closing)

        task = await soon(request)

    assert isinstance(task, Task)
    assert task.answer == "Hi"


def with_data(text: str, **more: Any) -> SendMessage:
    given = asking(text, **more)
    parts = (TextPart(text), DataPart({"items": ["a"]}))
    return replace(given, message=replace(given.message, parts=parts, metadata={"kept": ["b"]}))


async def test_what_an_agent_does_with_its_message_does_not_change_the_log() -> None:
    async def vandal(request: RunRequest) -> Events:
        said = [request.message, *request.history, *(request.task.history if request.task else ())]
        for message in said:
            data: Any = message.parts[-1]
            metadata: Any = message.metadata
            if metadata:
                metadata["kept"] = object()
                data.data["items"].append(object())
        if request.task is None:
            yield InputRequired(prompt="And?")

    async with serving(vandal) as service:
        first = await soon(service.send(SCOPE, with_data("one", context_id="c")))
        assert isinstance(first, Task)
        await soon(service.send(SCOPE, with_data("two", task_id=first.id)))
        await soon(service.send(SCOPE, with_data("three", context_id="c")))
        task = await soon(service.get(SCOPE, GetTask(task_id=first.id)))

    users = [message for message in task.history if message.role is Role.USER]
    assert [(m.parts[1], m.metadata) for m in users] == [
        (DataPart({"items": ["a"]}), {"kept": ["b"]})
    ] * 2


async def test_history_holds_the_turns_that_were_answered_by_a_message() -> None:
    async def counts(request: RunRequest) -> Events:
        yield Reply.of_text(" ".join(message.text for message in request.history))

    async with serving(counts) as service:
        replies = [
            await soon(service.send(SCOPE, asking(text, context_id="c"))) for text in ("a", "b")
        ]

    assert [reply.text for reply in replies if isinstance(reply, Message)] == ["", "a "]


async def test_cancel_does_not_wait_for_an_answer_that_waits_for_a_slow_agent() -> None:
    cleaning = asyncio.Event()

    async def slow(_: RunRequest) -> Events:
        try:
            yield InputRequired(prompt="?")
        finally:
            cleaning.set()
            await for_ever()

    async with serving(slow) as service:
        task = await started(service)
        await soon(cleaning.wait())
        follow_up = asyncio.ensure_future(started(service, asking("x", task_id=task.id)))
        await asyncio.sleep(0)

        canceled = await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))
        await asyncio.wait((follow_up,))

    assert canceled.status.state is TaskState.CANCELED


async def test_agent_that_yields_nothing_of_note_lets_others_run() -> None:
    async def barren(_: RunRequest) -> AsyncIterator[str]:
        while True:
            yield ""

    async with serving(barren) as service:
        task = await started(service)
        canceled = await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))

    assert canceled.status.state is TaskState.CANCELED


async def test_snapshot_of_a_stream_holds_no_more_history_than_is_allowed() -> None:
    async def curious(request: RunRequest) -> Events:
        yield InputRequired(prompt="?")

    async with serving(curious, history_length=2) as service:
        task = await started(service)
        await rest(service, task.id)
        for text in ("a", "b"):
            await soon(service.send(SCOPE, asking(text, task_id=task.id)))
        request = SubscribeToTask(task_id=task.id)
        stream = await soon(service.subscribe(SCOPE, request, None, View()))
        (snapshot,) = flat(await drained(stream))

    assert [message.text for message in snapshot.task.history] == ["?", "b"]


async def test_gathering_text_does_not_slow_a_stream_that_is_behind() -> None:
    async def talkative(_: RunRequest) -> AsyncIterator[str]:
        for _n in range(3000):
            yield "x"

    async with serving(talkative) as service:
        stream = await soon(service.stream(SCOPE, asking(), View(coalesce_ms=1000)))
        items = await drained(stream)

    text = "".join(
        part.text
        for event in events(items)
        for part in getattr(event, "parts", ())
        if isinstance(part, TextPart)
    )
    assert text == "x" * 3000


async def test_output_is_not_shown_again_to_a_reader_that_has_it() -> None:
    async with serving(echo) as service:
        task = await started(service, asking("Hi"))
        await rest(service, task.id)
        request, view = SubscribeToTask(task_id=task.id), View(StreamMode.OUTPUT)
        snapshot, *others = flat(
            await drained(await soon(service.subscribe(SCOPE, request, 3, view)))
        )

    assert snapshot.task.answer == "Hi"
    assert [entry.sequence for entry in others] == [4]


def test_messages_of_different_places_are_different() -> None:
    def key(tenant: str, context_id: str | None, task_id: str | None = None) -> bytes:
        message = asking("x", "m", context_id=context_id, task_id=task_id).message
        return message_key(Scope("owner", tenant), message)

    assert key("t", "a\0b") != key("t\0a", "b")
    assert key("t", "a", "task") == key("t", None, "task")


class Forgetful(StagedStore):
    """A store that cannot look anything up for a while."""

    is_blank = False

    async def find(self, query: Query) -> Page:
        if self.is_blank:
            raise StoreUnavailable("no disk")
        return await super().find(query)


async def test_message_whose_history_cannot_be_read_takes_no_place() -> None:
    async def curious(request: RunRequest) -> Events:
        if request.task is None:
            yield InputRequired(prompt="?")

    store = Forgetful()
    async with serving(curious, store, concurrent_runs=1) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        requests = (asking(context_id="c"), asking(task_id=task.id))
        store.is_blank = True
        for request in requests:
            with pytest.raises(StoreUnavailable):
                await soon(service.send(SCOPE, request))
        store.is_blank = False

        done = [await soon(service.send(SCOPE, request)) for request in requests]

    states = [task.status.state for task in done if isinstance(task, Task)]
    assert states == [TaskState.INPUT_REQUIRED, TaskState.COMPLETED]


async def test_cancel_says_so_when_its_end_cannot_be_stored() -> None:
    async def waits(_: RunRequest) -> AsyncIterator[str]:
        yield "x"
        await for_ever()

    store = StagedStore()
    async with serving(waits, store, cancel_seconds=0.01) as service:
        task = await started(service)
        store.failure = StoreUnavailable("no disk")
        with pytest.raises(StoreUnavailable):
            await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))
        store.failure = None


async def test_stream_whose_client_goes_before_its_reply_is_stored_is_over() -> None:
    replied = asyncio.Event()

    async def replies(_: RunRequest) -> Events:
        store.before_append.shut()
        replied.set()
        yield Reply.of_text("Hi")

    store = StagedStore()
    async with serving(replies, store, reply_wait_seconds=0.001) as service:
        stream = await soon(service.stream(SCOPE, asking(), View()))
        reading = asyncio.ensure_future(drained(stream))
        await soon(replied.wait())
        await store.before_append.knocked()
        stream.leave()
        items = await soon(reading)
        store.before_append.open()

    assert [type(item) for item in items] == [Snapshot]


async def test_request_leaves_nothing_for_the_garbage_collector() -> None:
    async with serving(echo) as service:
        await soon(service.send(SCOPE, asking()))
        gc.collect()
        gc.disable()
        try:
            for _n in range(50):
                await soon(service.send(SCOPE, asking()))
                await drained(await service.stream(SCOPE, asking(), View()))
            # Others may leave something in this process; a cycle a request would be hundreds.
            assert gc.collect() < 50
        finally:
            gc.enable()
