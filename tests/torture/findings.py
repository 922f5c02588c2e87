"""What random agents were tried, and how their tasks ended."""

import time
from collections import Counter


class Findings:
    """Counts, from now on."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self._entries = self._frames = self._streams = 0
        self._started = time.monotonic()

    def add(self, end: str, *, entries: int, frames: int, streams: int) -> None:
        """One more agent, which kept every promise."""
        self.ends[end] += 1
        self._entries += entries
        self._frames += frames
        self._streams += streams

    def report(self, what: str) -> str:
        """All of it, as a paragraph."""
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        seconds = time.monotonic() - self._started
        return (
            f"\n{self.ends.total():,} {what} in {seconds:.0f} s: "
            f"{self._entries:,} log entries, all legal; {self._frames:,} frames, all valid; "
            f"{self._streams:,} streams, all adding up to the task\n"
            f"how the tasks ended: {ends}"
        )
