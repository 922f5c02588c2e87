"""The figures of time: rates, latencies, and the cost of a chunk. One function a figure."""

import asyncio
import math

from benchmarks.client import Received, SendTally, Stream
from benchmarks.subject import (
    Sample,
    Stopwatch,
    Subject,
    expect_chunks,
    hang_up,
    quantile,
    within_limit,
)

STREAMS = 16
CHUNKS_PER_STREAM = 100
PACED_STREAMS = 64
PAUSE_MILLISECONDS = 20
CHATS = 64
TOKENS_PER_CHAT = 200
FIRST_FRAME_CHUNKS = 20
OPENINGS = 25


async def send_rate(subject: Subject, connections: int) -> Sample:
    """Sends per second; each connection sends again as soon as it is answered."""
    tally = SendTally(left=math.inf)
    senders = await subject.senders(tally, connections)
    watch = Stopwatch(subject.usage)
    for sender in senders:
        sender.send()
    await asyncio.sleep(subject.effort.window_seconds)
    seconds, cpu_seconds = watch.read()
    latencies_ns = list(tally.latencies_ns)
    tally.left = 0
    await within_limit(asyncio.gather(*(sender.finished for sender in senders)))
    hang_up(senders)
    values = {
        "per_second": len(latencies_ns) / seconds,
        "cpu_us": cpu_seconds / max(len(latencies_ns), 1) * 1e6,
        "p50_ms": quantile(latencies_ns, 0.50) / 1e6,
        "p99_ms": quantile(latencies_ns, 0.99) / 1e6,
    }
    return Sample(values, tally.wrong)


async def frame_rate(subject: Subject) -> Sample:
    """Frames per second over streams that follow one another on each connection."""
    template = subject.streams(f"stream {CHUNKS_PER_STREAM}")
    readers = await subject.readers(STREAMS)
    opened: list[Received] = []
    is_over = False

    async def read_on(reader: Stream) -> None:
        while not is_over:
            ended = reader.open(template.request())
            opened.append(reader.received)
            await within_limit(ended)

    watch = Stopwatch(subject.usage)
    loops = asyncio.gather(*map(read_on, readers))
    await asyncio.sleep(subject.effort.window_seconds)
    seconds, cpu_seconds = watch.read()
    frames, chunks = sum(s.frames for s in opened), sum(s.chunks for s in opened)
    is_over = True
    await loops
    hang_up(readers)
    values = {
        "per_second": frames / seconds,
        "chunks_per_second": chunks / seconds,
        "frames_per_stream": sum(s.frames for s in opened) / len(opened),
        "cpu_us": cpu_seconds / max(frames, 1) * 1e6,
    }
    return Sample(values, expect_chunks(opened, CHUNKS_PER_STREAM))


async def token_cost(subject: Subject) -> Sample:
    """CPU for each token of a language model that passes through the server."""
    template = subject.streams(f"chat {TOKENS_PER_CHAT}")
    readers = await subject.readers(CHATS)
    rounds = subject.effort.chat_rounds
    watch = Stopwatch(subject.usage)
    for _ in range(rounds):
        await within_limit(asyncio.gather(*(r.open(template.request()) for r in readers)))
    seconds, cpu_seconds = watch.read()
    hang_up(readers)
    tokens = rounds * CHATS * TOKENS_PER_CHAT
    cpu_us = cpu_seconds / tokens * 1e6
    return Sample({"per_token_us": cpu_us, "cpu_us": cpu_us, "per_second": tokens / seconds})


async def paced_gap(subject: Subject) -> Sample:
    """From the agent's yield to the client's read, at a pace the server must keep up with."""
    chunks = subject.effort.paced_chunks
    template = subject.streams(f"paced {chunks} {PAUSE_MILLISECONDS}")
    readers = await subject.readers(PACED_STREAMS)

    async def read(number: int, reader: Stream) -> Received:
        await asyncio.sleep(number / PACED_STREAMS * PAUSE_MILLISECONDS / 1000)
        return await within_limit(reader.open(template.request()))

    watch = Stopwatch(subject.usage)
    streams = await asyncio.gather(*(read(n, reader) for n, reader in enumerate(readers)))
    _, cpu_seconds = watch.read()
    hang_up(readers)
    gaps_ns = [gap for stream in streams for gap in stream.gaps_ns]
    values = {
        "p50_ms": quantile(gaps_ns, 0.50) / 1e6,
        "p99_ms": quantile(gaps_ns, 0.99) / 1e6,
        "max_ms": max(gaps_ns, default=math.nan) / 1e6,
        "cpu_us": cpu_seconds / sum(s.frames for s in streams) * 1e6,
    }
    return Sample(values, expect_chunks(streams, chunks))


async def first_frame(subject: Subject) -> Sample:
    """From the request to the first frame, one stream after the other."""
    template = subject.streams(f"tstream {FIRST_FRAME_CHUNKS}")
    readers = await subject.readers()
    streams = [
        await within_limit(readers[0].open(template.request()))
        for _ in range(subject.effort.first_frames)
    ]
    hang_up(readers)
    waits_ns = [s.first_ns - s.sent_ns for s in streams if s.first_ns is not None]
    gaps_ns = [gap for stream in streams for gap in stream.gaps_ns]
    values = {
        "p50_ms": quantile(waits_ns, 0.50) / 1e6,
        "p99_ms": quantile(waits_ns, 0.99) / 1e6,
        "gap_p50_ms": quantile(gaps_ns, 0.50) / 1e6,
    }
    return Sample(values, expect_chunks(streams, FIRST_FRAME_CHUNKS))


async def chunk_growth(subject: Subject) -> Sample:
    """What a chunk costs in a long artifact, over what it costs in short ones.

    A short stream bears the cost of its opening on few chunks, which hides growth; hence, as a
    second value, the same with the time of a stream of one chunk subtracted.
    """
    long, short = subject.effort.long_artifact, subject.effort.short_artifact
    opening_streams = await _one_by_one(subject, 1, OPENINGS)
    long_streams = await _one_by_one(subject, long, 1)
    short_streams = await _one_by_one(subject, short, max(1, long // short // 2))
    opening_us, long_us, short_us = map(
        _microseconds, (opening_streams, long_streams, short_streams)
    )
    marginal_long_us = (long_us - opening_us) / (long - 1)
    marginal_short_us = (short_us - opening_us) / (short - 1)
    values = {
        "growth": (long_us / long) / (short_us / short),
        "marginal_growth": marginal_long_us / marginal_short_us,
        "long_us": long_us / long,
        "short_us": short_us / short,
        "opening_us": opening_us,
    }
    wrong = expect_chunks(long_streams, long) + expect_chunks(short_streams, short)
    return Sample(values, wrong + expect_chunks(opening_streams, 1))


async def _one_by_one(subject: Subject, chunks: int, count: int) -> list[Received]:
    template = subject.streams(f"stream {chunks}")
    readers = await subject.readers()
    streams = [await within_limit(readers[0].open(template.request())) for _ in range(count)]
    hang_up(readers)
    return streams


def _microseconds(streams: list[Received]) -> float:
    """Of the middle one of the streams."""
    return quantile((s.progress[-1][0] - s.sent_ns for s in streams), 0.5) / 1000
