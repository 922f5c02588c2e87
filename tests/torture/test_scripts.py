"""Ten thousand random agents, and not one of them makes the server break the protocol."""

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.domain.task_events import Replied, StatusChanged, TaskEvent
from tests.properties.agents import scripts
from tests.properties.promises import check_legal, check_streams, check_valid
from tests.properties.scripts import Script, perform

ROUNDS = 4


class Findings:
    """What was tried, and how it ended."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.scripts = self.entries = self.frames = self.streams = 0
        self.started = time.monotonic()

    def report(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        seconds = time.monotonic() - self.started
        return (
            f"\n{self.scripts:,} scripts in {seconds:.0f} s: "
            f"{self.entries:,} log entries, all legal; {self.frames:,} frames, all valid; "
            f"{self.streams:,} streams, all adding up to the task\n"
            f"how the tasks ended: {ends}"
        )


@pytest.mark.torture
def test_ten_thousand_scripts_keep_every_promise() -> None:
    findings = Findings()

    @settings.get_profile("torture")
    @given(scripts, st.integers(0), st.integers(1, 8))
    def keep_every_promise(script: Script, start: int, batch: int) -> None:
        entries = perform(script)
        check_legal(entries)
        findings.frames += check_valid(entries)
        findings.streams += check_streams(entries, 1 + start % len(entries), batch)
        findings.scripts += 1
        findings.entries += len(entries)
        findings.ends[_end(entries[-1].event)] += 1

    for _ in range(ROUNDS):
        # Anew each time, because Hypothesis remembers every example of a round.
        keep_every_promise()

    print(findings.report())
    assert findings.scripts >= 10_000


def _end(last: TaskEvent) -> str:
    if isinstance(last, Replied):
        return "replied"
    assert isinstance(last, StatusChanged)
    return last.state.value
