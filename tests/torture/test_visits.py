"""Ten thousand random agents in the whole application, and clients who see each of them right."""

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.properties.house import House, open_house
from tests.properties.plays import Play, plays
from tests.properties.visits import visit

ROUNDS = {"memory:": 4, "sqlite:///{}/tasks.db": 1}
"""Of 2,500 scripts; anew each time, because Hypothesis remembers every example of a round."""


class Findings:
    """What was tried, and how it ended."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.streams = self.frames = self.entries = 0
        self.started = time.monotonic()

    def add(self, house: House, play: Play) -> None:
        """One more play."""
        found = visit(house, play)
        self.ends[found.end] += 1
        self.streams += found.streams
        self.frames += found.frames
        self.entries += found.entries

    def report(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        seconds = time.monotonic() - self.started
        return (
            f"\n{self.ends.total():,} scripts through the application in {seconds:.0f} s: "
            f"{self.entries:,} log entries, all legal; {self.frames:,} frames, all valid; "
            f"{self.streams:,} streams, all adding up to the task\n"
            f"how the tasks ended: {ends}"
        )


@pytest.mark.torture
@pytest.mark.parametrize("store", ROUNDS, ids=["memory", "sqlite"])
def test_every_client_of_ten_thousand_agents_sees_the_task(store: str, tmp_path: Path) -> None:
    findings = Findings()

    def one_round(house: House) -> None:
        @settings(settings.get_profile("torture"), suppress_health_check=[*HealthCheck])
        @given(plays)
        def check(play: Play) -> None:
            findings.add(house, play)

        check()

    try:
        for number in range(ROUNDS[store]):
            directory = tmp_path / str(number)
            directory.mkdir()
            with open_house(store.format(directory)) as house:
                one_round(house)
    finally:
        print(findings.report())
    assert findings.ends.total() >= 2_500 * ROUNDS[store]
