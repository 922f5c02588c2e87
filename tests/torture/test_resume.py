"""A thousand cuts: clients that leave, are slow or are torn away, and servers that are killed."""

import os
import time
from pathlib import Path
from random import Random, SystemRandom

import pytest

from a2a_agent.backends.sql.store import open_store
from tests.support.resuming.processes import ServerProcess
from tests.support.resuming.trials import Trial

CUTS, KILLS = 1_500, 60
LIMIT_SECONDS = 480.0


@pytest.mark.torture
async def test_no_event_is_lost_doubled_or_reordered_by_a_thousand_cuts_and_fifty_kills(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(2**32))
    print(f"\nrandom by SEED={seed}")
    start = time.monotonic()
    with ServerProcess(tmp_path / "tasks.db") as server:
        trial = Trial(server, Random(seed))
        while trial.cuts < CUTS or trial.kills < KILLS:
            assert time.monotonic() - start < LIMIT_SECONDS, "it takes too long"
            if trial.kills < KILLS:
                await trial.round(tasks=4, readers=3, kills=True)
            if trial.cuts < CUTS:
                await trial.round(tasks=8, readers=3, kills=False)
            print(f"{time.monotonic() - start:4.0f} s: {trial.cuts} cuts, {trial.kills} kills")
    async with open_store(server.store) as store:
        findings = await trial.judge(store)

    print(findings.report())
    assert findings.violations == []
    assert findings.cuts.total() >= 1_000 and findings.kills >= 50
