"""Whatever an agent does, the clients of the whole application see a legal stream."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.properties.house import open_house
from tests.properties.plays import Play, plays
from tests.properties.visits import visit


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
    with open_house(store.format(tmp_path)) as house:

        @settings(max_examples=examples, suppress_health_check=[*HealthCheck])
        @given(plays)
        def check(play: Play) -> None:
            visit(house, play)

        check()
