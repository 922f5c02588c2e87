"""What readers of a log see: folded to a task, or followed as it grows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from a2a_agent.domain.assembly import assemble, reply_message
from a2a_agent.domain.errors import TaskNotFound
from a2a_agent.domain.model import Message, Role, Task, TaskState, TextPart
from a2a_agent.domain.requests import Snapshot, StreamItem, View
from a2a_agent.domain.task_events import (
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.domain.views import StreamMode
from a2a_agent.runtime.journal import Journal, Writer
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.tails import Reader, Tails
from tests.support.services import COMPLETED, LIMITS, SCOPE, WORKING, answer, flat, soon
from tests.support.stores import StagedStore

ACCEPTED = MessageAccepted(
    Message(
        message_id="m",
        role=Role.USER,
        parts=(TextPart("Hello"),),
        context_id="context",
        task_id="task",
    )
)
ASKED = StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("Which?"),))
REPLIED = Replied((TextPart("Hi"),))
NOTED = Noted({"kind": "reasoning", "text": "Hm."})


class Log:
    """A log with the one who writes it, and its readers."""

    def __init__(self, store: StagedStore, tails: Tails, journal: Journal) -> None:
        self.store = store
        self.tails = tails
        self.writer: Writer = journal.create(SCOPE, "task", "context")

    async def grow(self, *events: TaskEvent) -> None:
        """Adds the events, stored when this returns."""
        self.writer.pending += events
        self.writer.mark()
        await soon(self.writer.flush())

    def reader(self) -> Reader:
        reader = self.tails.read("task")
        reader.tail.reaches(self.writer.head.sequence)
        return reader

    async def entries(self) -> list[Entry]:
        return list(await self.store.store.read("task"))

    async def task(self, sequence: int) -> Task:
        """The task as it was after the entry."""
        return assemble("task", (await self.entries())[:sequence])

    def reading(self, **limits: Any) -> Reading:
        return Reading(self.store, self.tails, replace(LIMITS, **limits))


@pytest.fixture(params=[512, 1], ids=["from-the-tail", "from-the-store"])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[Log]:
    """A log whose window is either larger than anything, or too small to be of use."""
    store, tails = StagedStore(), Tails(window=request.param)
    async with Journal(store, tails, clock_ms=lambda: 7) as journal:
        yield Log(store, tails, journal)


async def read(items: AsyncIterator[StreamItem]) -> list[StreamItem]:
    async with asyncio.timeout(5):
        return [item async for item in items]


def words(number: int) -> list[TaskEvent]:
    return [answer(f"word {n} ", append=n > 0) for n in range(number)]


def claims(outcome: bool) -> Callable[[], bool]:
    return lambda: outcome


async def test_fold_is_the_task_as_it_was_at_the_head(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    head = log.writer.head
    await log.grow(answer("late"), COMPLETED)

    assert await log.reading().fold(head) == await log.task(2)


async def test_fold_without_chunks_has_no_artifacts(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, answer("word", last=True), COMPLETED)

    task = await log.reading().fold(log.writer.head, chunks=False)

    assert task == replace(await log.task(4), artifacts=())


async def test_fold_of_a_task_that_has_just_been_removed_is_not_found(log: Log) -> None:
    await log.grow(ACCEPTED, COMPLETED)
    await log.store.prune(8)

    with pytest.raises(TaskNotFound):
        await log.reading().fold(log.writer.head)


async def test_task_is_given_as_it_is_now(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, answer("so far"))

    assert await log.reading().now("task") == await log.task(3)


async def test_message_is_given_where_the_task_was_answered_with_one(log: Log) -> None:
    await log.grow(ACCEPTED, REPLIED)

    assert await log.reading().now("task") == reply_message(await log.task(1), REPLIED)


async def test_rest_is_waited_for(log: Log) -> None:
    await log.grow(ACCEPTED)
    waiting = asyncio.create_task(log.reading().until_rest(log.reader(), 1))
    await log.grow(WORKING)
    await log.grow(answer("word", last=True))
    is_waiting = not waiting.done()

    await log.grow(COMPLETED)

    assert (is_waiting, await soon(waiting)) == (True, await log.task(4))


async def test_rest_is_found_however_long_the_log_is(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, *words(600), COMPLETED)

    assert await soon(log.reading().until_rest(log.reader(), 1)) == await log.task(603)


async def test_rest_before_the_message_does_not_count(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED, ACCEPTED)
    waiting = asyncio.create_task(log.reading().until_rest(log.reader(), 4))

    await log.grow(COMPLETED)

    assert await soon(waiting) == await log.task(5)


async def test_first_rest_after_the_message_counts_though_the_log_goes_on(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED, ACCEPTED, COMPLETED)

    assert await soon(log.reading().until_rest(log.reader(), 1)) == await log.task(3)


async def test_rest_that_came_with_the_message_counts(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED, ACCEPTED, COMPLETED)

    assert await soon(log.reading().until_rest(log.reader(), 5)) == await log.task(5)


async def test_reply_is_given_as_a_message(log: Log) -> None:
    await log.grow(ACCEPTED)
    waiting = asyncio.create_task(log.reading().until_rest(log.reader(), 1))

    await log.grow(REPLIED)

    assert await soon(waiting) == reply_message(await log.task(1), REPLIED)


async def test_waiting_looks_again_now_and_then(log: Log) -> None:
    await log.grow(ACCEPTED)
    reading = log.reading(keep_alive_seconds=0.001)
    waiting = asyncio.create_task(reading.until_rest(log.reader(), 1))
    await asyncio.wait([waiting], timeout=0.01)

    await log.grow(COMPLETED)

    assert await soon(waiting) == await log.task(2)


async def test_waiting_for_a_task_that_has_just_been_removed_ends(log: Log) -> None:
    await log.grow(ACCEPTED, COMPLETED)
    log.writer.close()
    reader = log.reader()
    await log.store.prune(8)

    with pytest.raises(TaskNotFound):
        await soon(log.reading().until_rest(reader, 1))


async def test_one_who_has_waited_gives_up_the_tail(log: Log) -> None:
    await log.grow(ACCEPTED, COMPLETED)
    log.writer.close()

    await soon(log.reading().until_rest(log.reader(), 1))

    assert len(log.tails) == 0


async def test_stream_is_the_task_and_then_what_follows_until_it_rests(log: Log) -> None:
    await log.grow(ACCEPTED)
    following = asyncio.create_task(read(log.reading().follow(log.reader(), 1, View())))
    await log.grow(WORKING)
    await log.grow(answer("word", last=True), COMPLETED)

    items = await soon(following)

    assert flat(items) == [Snapshot(await log.task(1), 1), *(await log.entries())[1:]]


async def test_stream_goes_on_after_any_entry(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, *words(3), COMPLETED)
    entries = await log.entries()

    streams = [
        flat(await read(log.reading().follow(log.reader(), start, View()))) for start in range(1, 7)
    ]

    assert streams == [
        [Snapshot(await log.task(start), start), *entries[start:]] for start in range(1, 7)
    ]


async def test_stream_ends_at_a_rest_though_the_log_goes_on(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED, ACCEPTED, COMPLETED)

    items = await read(log.reading().follow(log.reader(), 1, View()))

    assert flat(items) == [Snapshot(await log.task(1), 1), *(await log.entries())[1:3]]


async def test_stream_from_an_old_rest_goes_on_to_the_next(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED, ACCEPTED, COMPLETED)

    items = await read(log.reading().follow(log.reader(), 3, View()))

    assert flat(items) == [Snapshot(await log.task(3), 3), *(await log.entries())[3:]]


async def test_stream_of_a_task_at_rest_is_the_task_alone(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, ASKED)

    items = await read(log.reading().follow(log.reader(), 3, View()))

    assert items == [Snapshot(await log.task(3), 3)]


async def test_stream_that_has_ended_gives_up_the_tail(log: Log) -> None:
    await log.grow(ACCEPTED, COMPLETED)
    log.writer.close()

    await read(log.reading().follow(log.reader(), 1, View()))

    assert len(log.tails) == 0


async def test_reader_that_leaves_ends_its_stream_at_once(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    reader = log.reader()
    following = asyncio.create_task(read(log.reading().follow(reader, 2, View())))
    await asyncio.wait([following], timeout=0.01)

    reader.leave()

    assert await soon(following) == [Snapshot(await log.task(2), 2)]


async def test_silence_is_told_now_and_then(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    items = log.reading(keep_alive_seconds=0.001).follow(log.reader(), 2, View())

    first = [await soon(anext(items)) for _ in range(3)]
    await log.grow(COMPLETED)
    rest = await read(items)

    assert first == [Snapshot(await log.task(2), 2), [], []]
    assert [item for item in rest if item] == [(await log.entries())[2:]]


async def test_news_that_the_view_hides_is_silence(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    items = log.reading(keep_alive_seconds=0.01).follow(log.reader(), 2, View())
    await soon(anext(items))

    async def think() -> None:
        while True:
            await log.grow(NOTED)

    thinking = asyncio.create_task(think())
    silence = await soon(anext(items))
    thinking.cancel()

    assert silence == []


async def test_stream_of_a_task_that_is_removed_meanwhile_ends(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, *words(600), COMPLETED)
    log.writer.close()
    items = log.reading().follow(log.reader(), 1, View())
    await soon(anext(items))

    await log.store.prune(8)

    with pytest.raises(TaskNotFound):
        await read(items)


async def test_stream_of_a_task_that_has_just_been_removed_is_not_found(log: Log) -> None:
    await log.grow(ACCEPTED, COMPLETED)
    log.writer.close()
    reader = log.reader()
    await log.store.prune(8)

    with pytest.raises(TaskNotFound):
        await read(log.reading().follow(reader, 1, View()))


async def test_slow_reader_gets_everything_however_far_it_is_behind(log: Log) -> None:
    await log.grow(ACCEPTED)
    items = log.reading().follow(log.reader(), 1, View())
    first = await soon(anext(items))
    for word in (WORKING, *words(1500)):
        await log.grow(word)
    await log.grow(COMPLETED)

    rest = await read(items)

    assert first == Snapshot(await log.task(1), 1)
    assert flat(rest) == (await log.entries())[1:]
    assert max(len(item) for item in rest if isinstance(item, list)) == 256


async def test_entries_that_are_stored_but_not_published_yet_are_read_from_the_store(
    log: Log,
) -> None:
    await log.grow(ACCEPTED, WORKING)
    log.store.after_append.shut()
    log.writer.pending.append(answer("word", last=True))
    log.writer.mark()
    await log.store.after_append.knocked()
    reader = log.reader()
    reader.tail.reaches(3)
    items = log.reading().follow(reader, 3, View())

    first = await soon(anext(items))
    log.store.after_append.open()
    await log.grow(COMPLETED)

    assert first == Snapshot(await log.task(3), 3)
    assert await read(items) == [(await log.entries())[3:]]


async def test_mode_all_shows_every_entry(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, NOTED, COMPLETED)

    items = await read(log.reading().follow(log.reader(), 1, View(StreamMode.ALL)))

    assert flat(items[1:]) == (await log.entries())[1:]


async def test_mode_output_shows_the_answer_whole_before_the_end(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, answer("Two "))
    following = asyncio.create_task(
        read(log.reading().follow(log.reader(), 1, View(StreamMode.OUTPUT)))
    )
    await log.grow(answer("words.", append=True, last=True), COMPLETED)

    items = await soon(following)

    end = (await log.entries())[4]
    whole = Entry(4, 7, answer("Two words.", last=True))
    assert items == [Snapshot(await log.task(1), 1), [whole, end]]


async def test_mode_output_without_an_answer_shows_the_end_alone(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING, COMPLETED)

    items = await read(log.reading().follow(log.reader(), 1, View(StreamMode.OUTPUT)))

    assert items == [Snapshot(await log.task(1), 1), (await log.entries())[2:]]


async def test_text_that_comes_faster_than_asked_for_is_merged(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    items = log.reading().follow(log.reader(), 2, View(coalesce_ms=5000))
    await soon(anext(items))
    await log.grow(answer("a"))
    at_once = await soon(anext(items))
    reading = asyncio.create_task(read(items))
    for text in "bcd":
        await log.grow(answer(text, append=True))
        await asyncio.wait([reading], timeout=0.001)
    await log.grow(COMPLETED)

    rest = await soon(reading)

    entries = await log.entries()
    assert at_once == [entries[2]]
    assert rest == [[Entry(6, 7, answer("bcd", append=True)), entries[6]]]


async def test_merged_text_comes_when_the_time_is_up(log: Log) -> None:
    await log.grow(ACCEPTED, WORKING)
    items = log.reading().follow(log.reader(), 2, View(coalesce_ms=20))
    await soon(anext(items))
    await log.grow(answer("a"))
    await soon(anext(items))
    await log.grow(answer("b", append=True), answer("c", append=True))

    assert await soon(anext(items)) == [Entry(5, 7, answer("bc", append=True))]


async def test_reply_that_comes_in_time_is_the_whole_stream(log: Log) -> None:
    await log.grow(ACCEPTED)
    items = log.reading().follow(log.reader(), 1, View(), claims(True))
    following = asyncio.create_task(read(items))
    await asyncio.sleep(0)

    await log.grow(REPLIED)

    assert await soon(following) == [reply_message(await log.task(1), REPLIED)]


async def test_reply_that_was_given_before_is_the_whole_stream(log: Log) -> None:
    await log.grow(ACCEPTED, REPLIED)

    items = await read(log.reading().follow(log.reader(), 1, View(), claims(True)))

    assert items == [reply_message(await log.task(1), REPLIED)]


async def test_first_event_of_another_kind_shows_the_task_without_waiting_on(log: Log) -> None:
    await log.grow(ACCEPTED)
    items = log.reading().follow(log.reader(), 1, View(), claims(False))
    beginning = asyncio.ensure_future(anext(items))
    await asyncio.sleep(0)

    await log.grow(WORKING)

    assert await soon(beginning) == Snapshot(await log.task(1), 1)


async def test_agent_that_is_known_to_work_on_a_task_is_not_waited_for(log: Log) -> None:
    await log.grow(ACCEPTED)
    log.writer.tail.is_task = True

    first = await soon(anext(log.reading().follow(log.reader(), 1, View(), claims(False))))

    assert first == Snapshot(await log.task(1), 1)


async def test_task_is_shown_when_the_agents_first_event_takes_too_long(log: Log) -> None:
    await log.grow(ACCEPTED)
    reading = log.reading(reply_wait_seconds=0.001)

    first = await soon(anext(reading.follow(log.reader(), 1, View(), claims(True))))

    assert first == Snapshot(await log.task(1), 1)


async def test_reply_on_its_way_into_the_store_is_waited_for(log: Log) -> None:
    await log.grow(ACCEPTED)
    reading = log.reading(reply_wait_seconds=0.001, keep_alive_seconds=0.001)
    following = asyncio.create_task(read(reading.follow(log.reader(), 1, View(), claims(False))))
    await asyncio.wait([following], timeout=0.01)

    await log.grow(REPLIED)

    assert await soon(following) == [reply_message(await log.task(1), REPLIED)]


async def test_task_is_shown_when_the_reply_could_not_be_stored(log: Log) -> None:
    await log.grow(ACCEPTED)
    reading = log.reading(reply_wait_seconds=0.001)
    following = asyncio.create_task(read(reading.follow(log.reader(), 1, View(), claims(False))))
    await asyncio.wait([following], timeout=0.01)

    await log.grow(StatusChanged(TaskState.FAILED))

    assert await soon(following) == [
        Snapshot(await log.task(1), 1),
        [(await log.entries())[1]],
    ]
