"""The suite catches our own application with one fault in it, whichever fault that is."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from starlette.types import Message, Receive, Send

from conformance.requirements import requirements
from tests.conformance.mutants.altering import asks, both, client_gone, says, sends
from tests.conformance.mutants.changes import event_by_event, last_event, objects
from tests.conformance.mutants.every import AREAS, MUTANTS, WITHOUT
from tests.conformance.mutants.judging import (
    all_judgements,
    binding,
    judged_by_all,
    judgements,
    told,
)
from tests.conformance.mutants.mutant import NEW, USUAL, Mutant


@pytest.mark.timeout(180)
@pytest.mark.parametrize("mutants", AREAS.values(), ids=AREAS.keys())
def test_each_mutant_is_caught_by_the_requirements_of_its_fault(
    mutants: Sequence[Mutant], caplog: pytest.LogCaptureFixture
) -> None:
    assert [one.words for one in all_judgements(mutants) if not one.is_caught] == []
    # A mutant that breaks down is caught for a fault that it should not have.
    assert "Exception in ASGI application" not in caplog.text


def test_mutant_that_only_stalls_is_not_caught_for_anything_else() -> None:
    stalled = Mutant("silent", sends(_silent), ("tasks.unknown-is-not-found",), NEW)
    (told,) = judgements(stalled)
    is_slow = replace(told, mutant=replace(stalled, is_slow=True))
    assert (told.is_caught, is_slow.is_caught) == (False, True)


def _silent(receive: Receive, send: Send) -> Send:
    """Nothing comes in the place of a refusal, until the client goes."""

    async def send_nothing(message: Message) -> None:
        if b"-32001" in message.get("body", b""):
            await client_gone(receive)
        await send(message)

    return send_nothing


async def test_application_altered_to_the_same_is_caught_by_nothing() -> None:
    alter = both(
        asks(lambda asked: asked.saying(asked.body)),
        says(lambda answer, _: answer.saying(answer.body)),
        objects(lambda item: item),
        event_by_event(lambda event, _: [event]),
        last_event(lambda event: [event]),
    )
    assert told(await judged_by_all(alter(USUAL.app()), follows_scenarios=True)) == []


OF_THE_REFERENCE = ("push.", "security.")
"""Areas that our application has nothing of: test_push_and_security.py breaks their rules."""


def test_each_requirement_has_a_mutant_that_it_catches() -> None:
    caught = {(id, version) for one in MUTANTS for id in one.caught_by for version in one.versions}
    without = {id for id, _ in binding() - caught if not id.startswith(OF_THE_REFERENCE)}
    assert without == WITHOUT.keys()


def test_mutants_name_requirements_of_their_versions() -> None:
    known = requirements()
    for mutant in MUTANTS:
        for id in mutant.caught_by:
            assert set(mutant.versions) <= set(known[id].versions), mutant.name


def test_mutants_have_names_of_their_own() -> None:
    names = [(mutant.name, version) for mutant in MUTANTS for version in mutant.versions]
    assert len(names) == len(set(names))
