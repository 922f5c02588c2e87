"""No event is lost, doubled or reordered for a reader that resumes, whatever cut it off."""

from pathlib import Path
from random import Random

from a2a_agent.backends.sql.store import open_store
from tests.support.resuming.processes import ServerProcess
from tests.support.resuming.trials import Trial


async def test_readers_that_resume_see_the_whole_log_once_and_in_order(tmp_path: Path) -> None:
    random = Random(20)
    with ServerProcess(tmp_path / "tasks.db") as server:
        trial = Trial(server, random)
        await trial.round(tasks=3, readers=2, kills=False)
        await trial.round(tasks=3, readers=2, kills=True)
    async with open_store(server.store) as store:
        findings = await trial.judge(store)

    assert (findings.violations, findings.kills) == ([], 1), findings.report()
    assert findings.cuts.total() >= 12
