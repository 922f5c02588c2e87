"""The live end of a log: what its window holds, who is woken, and when it is given up."""

import asyncio
from collections.abc import Iterable

from a2a_agent.domain.task_events import Entry
from a2a_agent.runtime.tails import Tail, Tails
from tests.support.services import answer, soon


def entries(numbers: Iterable[int]) -> list[Entry]:
    return [Entry(number, 0, answer("word", append=True)) for number in numbers]


def test_tail_gives_the_entries_above_a_number() -> None:
    tail = Tail("task", window=4)
    tail.publish(entries([1, 2]))
    tail.publish(entries([3]))

    assert [tail.after(number) for number in (0, 1, 3, 4)] == [
        entries([1, 2, 3]),
        entries([2, 3]),
        [],
        [],
    ]


def test_tail_sends_readers_behind_its_window_to_the_store() -> None:
    tail = Tail("task", window=2)
    tail.publish(entries(range(1, 6)))

    assert (tail.after(2), tail.after(3)) == (None, entries([4, 5]))


def test_tail_keeps_twice_its_window_at_most() -> None:
    tail = Tail("task", window=2)
    lengths = []

    for entry in entries(range(1, 10)):
        tail.publish([entry])
        lengths.append(len(tail.entries))

    assert lengths == [1, 2, 3, 4, 2, 3, 4, 2, 3]


def test_entries_that_leave_the_window_lose_their_wire_forms() -> None:
    tail = Tail("task", window=1)
    old, new = entries([1, 2])
    old.encoded["1.0"] = new.encoded["1.0"] = b"{}"

    tail.publish([old])
    tail.publish([new])
    tail.publish(entries([3]))

    assert (tail.entries, old.encoded, new.encoded) == (entries([3]), {}, {})


def test_tail_without_entries_sends_readers_to_the_store() -> None:
    tail = Tails().read("task").tail
    tail.reaches(3)

    assert (tail.after(3), tail.after(2)) == ([], None)


def test_tail_sends_readers_to_the_store_for_what_is_stored_but_not_published_yet() -> None:
    tail = Tail("task", window=4)
    tail.publish(entries([1, 2]))

    tail.reaches(3)

    assert (tail.after(1), tail.after(2)) == (entries([2]), None)


async def test_publishing_wakes_every_reader() -> None:
    tails = Tails()
    readers = [tails.read("task"), tails.read("task")]
    waiting = [asyncio.create_task(reader.changed(5)) for reader in readers]
    await asyncio.sleep(0)

    readers[0].tail.publish(entries([1]))

    assert await soon(asyncio.gather(*waiting)) == [True, True]


async def test_waking_twice_is_the_same_as_once() -> None:
    reader = Tails().read("task")
    waiting = asyncio.create_task(reader.changed(5))
    await asyncio.sleep(0)

    reader.wake()
    reader.wake()

    assert await soon(waiting) is True


async def test_reader_that_waits_in_vain_is_told_so() -> None:
    reader = Tails().read("task")

    assert await soon(reader.changed(0.001)) is False


async def test_time_that_runs_out_after_the_news_changes_nothing() -> None:
    reader = Tails().read("task")
    waiting = asyncio.create_task(reader.changed(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the timer comes in this round, and after this test

    reader.wake()

    assert await soon(waiting) is True


async def test_reader_that_leaves_is_woken() -> None:
    reader = Tails().read("task")
    waiting = asyncio.create_task(reader.changed(5))
    await asyncio.sleep(0)

    reader.leave()

    assert (await soon(waiting), reader.is_gone) == (True, True)


def test_leaving_ends_no_other_reader() -> None:
    tails = Tails()
    leaving, staying = tails.read("task"), tails.read("task")

    leaving.leave()

    assert (leaving.is_gone, staying.is_gone) == (True, False)


def test_tail_is_shared_until_its_last_holder_gives_it_up() -> None:
    tails = Tails()
    written = tails.hold("task")
    reader = tails.read("task")
    counts = [len(tails)]

    tails.release(written)
    counts.append(len(tails))
    tails.close(reader)
    counts.append(len(tails))

    assert (reader.tail is written, counts) == (True, [1, 1, 0])


def test_reader_is_closed_once_however_often_it_is_told() -> None:
    tails = Tails()
    reader, other = tails.read("task"), tails.read("task")

    tails.close(reader)
    tails.close(reader)

    assert tails.hold("task") is other.tail


def test_log_is_never_taken_for_shorter_than_it_is_known_to_be() -> None:
    tail = Tail("task", window=4)

    tail.reaches(5)
    tail.reaches(3)

    assert tail.sequence == 5


async def test_reader_waits_its_whole_time_each_time() -> None:
    tails = Tails()
    reader = tails.read("task")
    asyncio.get_running_loop().call_soon(reader.wake)
    assert await soon(reader.changed(0.01))

    began = asyncio.get_running_loop().time()
    assert not await soon(reader.changed(0.03))
    assert asyncio.get_running_loop().time() - began >= 0.029
    tails.close(reader)
