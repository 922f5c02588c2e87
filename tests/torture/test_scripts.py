"""Ten thousand random agents, and not one of them makes the server break the protocol."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.domain.task_events import Replied, StatusChanged, TaskEvent
from tests.properties.agents import scripts
from tests.properties.promises import check_legal, check_streams, check_valid
from tests.properties.scripts import Script, perform
from tests.torture.findings import Findings

ROUNDS = 4


@pytest.mark.torture
def test_ten_thousand_scripts_keep_every_promise() -> None:
    findings = Findings()

    @settings.get_profile("torture")
    @given(scripts, st.integers(0), st.integers(1, 8))
    def keep_every_promise(script: Script, start: int, batch: int) -> None:
        entries = perform(script)
        check_legal(entries)
        findings.add(
            _end(entries[-1].event),
            entries=len(entries),
            frames=check_valid(entries),
            streams=check_streams(entries, 1 + start % len(entries), batch),
        )

    for _ in range(ROUNDS):
        # Anew each time, because Hypothesis remembers every example of a round.
        keep_every_promise()

    print(findings.report("scripts"))
    assert findings.ends.total() >= 10_000


def _end(last: TaskEvent) -> str:
    if isinstance(last, Replied):
        return "replied"
    assert isinstance(last, StatusChanged)
    return last.state.value
