"""The figures of memory: open streams, finished tasks, stalled readers. One function a figure."""

import asyncio
import json
import time
from typing import Any

from benchmarks.client import Received, Stream, WrongReplyError
from benchmarks.subject import (
    REPLY_TIMEOUT_SECONDS,
    Sample,
    Subject,
    expect_chunks,
    hang_up,
    within_limit,
)

WARM_UP_SENDS = 300
CONNECTIONS = 16
OPENED_AT_ONCE = 50
SETTLE_SECONDS = 0.5
SMALL_BUFFER_BYTES = 64 * 1024


async def open_streams(subject: Subject) -> Sample:
    """Memory of a stream that is open and waits, having shown that it works."""
    wrong = await subject.send(WARM_UP_SENDS, CONNECTIONS)
    before_kib = await _settled_kib(subject)
    count = subject.effort.open_streams
    opening = [await _open_some(subject) for _ in range(count // OPENED_AT_ONCE)]
    readers = [reader for some, _ in opening for reader in some]
    streams = [stream for _, some in opening for stream in some]
    await asyncio.sleep(SETTLE_SECONDS)
    open_kib = subject.usage.resident_kib()
    await subject.command("release")
    await within_limit(asyncio.gather(*streams))
    hang_up(readers)
    values = {
        "kib_per_stream": (open_kib - before_kib) / len(readers),
        "kib_per_stream_after": (await _settled_kib(subject) - before_kib) / len(readers),
    }
    return Sample(values, wrong)


async def _open_some(
    subject: Subject,
) -> tuple[list[Stream], "list[asyncio.Future[Received]]"]:
    working: set[Stream] = set()
    all_work = asyncio.Event()

    def look(reader: Stream, events: bytes) -> None:
        if subject.dialect.working in events:
            working.add(reader)
        if len(working) == OPENED_AT_ONCE:
            all_work.set()

    template = subject.streams("hold")
    readers = await subject.readers(OPENED_AT_ONCE, look)
    streams = [reader.open(template.request()) for reader in readers]
    await _shown(all_work, streams)
    return readers, streams


async def kept_per_task(subject: Subject) -> Sample:
    """Memory that each finished task leaves behind, garbage collected."""
    first, last = subject.effort.kept_from, subject.effort.kept_to
    wrong = await subject.send(first, CONNECTIONS)
    first_kib = await _settled_kib(subject)
    begun = time.monotonic()
    wrong += await subject.send(last - first, CONNECTIONS)
    seconds = time.monotonic() - begun
    last_kib = await _settled_kib(subject)
    values = {
        "kib_per_task": (last_kib - first_kib) / (last - first),
        "resident_mib": last_kib / 1024,
        "per_second": (last - first) / seconds,
    }
    return Sample(values, wrong)


async def stalled_reader(subject: Subject) -> Sample:
    """A reader that stops reading, beside one on the same task that reads on."""
    return await _read_along(subject, stalls=True)


async def no_stalled_reader(subject: Subject) -> Sample:
    """The same, but the first reader hangs up instead."""
    return await _read_along(subject, stalls=False)


async def _read_along(subject: Subject, stalls: bool) -> Sample:
    chunks = subject.effort.stalled_chunks
    wrong = await subject.send(WARM_UP_SENDS, CONNECTIONS)
    subject.usage.forget_peak()
    before_kib = subject.usage.resident_kib()
    starter, started, task_id = await _start(subject, f"gated {chunks}")
    follower, followed = await _follow(subject, task_id)
    if stalls:
        starter.transport.pause_reading()
    else:
        started.cancel()
        starter.transport.close()
    await subject.command("release")
    streams = [await within_limit(followed)]
    values = {"seconds": _seconds_after_first_quarter(streams[0])}
    if stalls:
        begun = time.monotonic()
        starter.transport.resume_reading()
        streams.append(await within_limit(started))
        values["late_seconds"] = time.monotonic() - begun
        values["late_frames"] = streams[-1].frames
    values["growth_mib"] = (subject.usage.peak_kib() - before_kib) / 1024
    hang_up([starter, follower])
    return Sample(values, wrong + expect_chunks(streams, chunks))


def _seconds_after_first_quarter(stream: Received) -> float:
    """By then the buffers of a stalled reader's socket are full; to fill them is honest work."""
    first_quarter = next(ns for ns, chunks in stream.progress if chunks >= stream.chunks / 4)
    return (stream.progress[-1][0] - first_quarter) / 1e9


async def _start(subject: Subject, text: str) -> tuple[Stream, "asyncio.Future[Received]", str]:
    task_id: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    works = asyncio.Event()

    def look(_: Stream, events: bytes) -> None:
        if not task_id.done():
            first = next(line for line in events.splitlines() if line.startswith(b"data:"))
            task_id.set_result(subject.dialect.task(json.loads(first[5:])["result"])["id"])
        if subject.dialect.working in events:
            works.set()

    (reader,) = await subject.readers(1, look, SMALL_BUFFER_BYTES)
    stream = reader.open(subject.streams(text).request())
    await _shown(works, [stream])
    return reader, stream, task_id.result()


async def _follow(subject: Subject, task_id: str) -> tuple[Stream, "asyncio.Future[Received]"]:
    begun = asyncio.Event()
    (reader,) = await subject.readers(1, lambda *_: begun.set())
    stream = reader.open(subject.dialect.subscription(task_id).request())
    await _shown(begun, [stream])
    return reader, stream


async def _shown(event: asyncio.Event, streams: list["asyncio.Future[Received]"]) -> None:
    """Waits for the event, which the streams bring about; raises what a stream failed with."""
    waiting = asyncio.ensure_future(event.wait())
    either: list[asyncio.Future[Any]] = [waiting, *streams]
    limit = REPLY_TIMEOUT_SECONDS
    await asyncio.wait(either, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for stream in streams:
        if stream.done():
            stream.result()
    if not event.is_set():
        raise WrongReplyError("streams did not show that they work, or ended at once")


async def _settled_kib(subject: Subject) -> int:
    await subject.command("gc")
    await asyncio.sleep(SETTLE_SECONDS)
    return subject.usage.resident_kib()
