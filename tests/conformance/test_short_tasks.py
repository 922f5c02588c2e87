"""An agent that is quicker than it seemed is held against no endpoint."""

from conformance.knowledge import Draft, Knowledge
from conformance.requirements import requirements
from conformance.verdict import Verdict
from tests.conformance.mutants.judging import judged
from tests.conformance.mutants.mutant import TEXTS_ONLY


async def test_task_that_is_over_too_soon_is_not_exercised() -> None:
    chosen = [one for one in requirements().values() if "long" in one.needs]
    knowledge = Knowledge({"long": Draft(text="Hello")})
    results = await judged(TEXTS_ONLY.app(), chosen, knowledge)
    bad = (Verdict.FAIL, Verdict.WARN, Verdict.ERROR)
    found = {(one.requirement.id, one.version) for one in results if one.verdict in bad}
    assert found == set()
