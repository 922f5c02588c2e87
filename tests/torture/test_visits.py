"""Ten thousand random agents in the whole application, and clients who see each of them right."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.properties.seasons import season
from tests.torture.findings import Findings


@pytest.mark.torture
@pytest.mark.parametrize(
    ("store", "rounds"), [("memory:", 3), ("sqlite:///{}.db", 1)], ids=["memory", "sqlite"]
)
def test_every_client_of_thousands_of_agents_sees_the_task(
    store: str, rounds: int, tmp_path: Path
) -> None:
    findings, tries = Findings(), settings.get_profile("torture")

    for number in range(rounds):
        # Anew each time, because Hypothesis remembers every example of a round.
        for visit in season(store.format(tmp_path / str(number)), tries):
            findings.add(
                visit.end, entries=visit.entries, frames=visit.frames, streams=visit.streams
            )

    print(findings.report(f"scripts through the application, on {store.partition(':')[0]},"))
    assert findings.ends.total() >= rounds * tries.max_examples
