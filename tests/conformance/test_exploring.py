"""What an agent does is learned from what comes of a few messages."""

from typing import Any

import pytest

from a2a_agent.agents.echo import EchoAgent
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.runtime.agent import Agent
from conformance.exploring import explore
from conformance.knowledge import SCENARIOS, Draft, Knowledge
from conformance.requirements import requirements
from conformance.session import Session
from conformance.target import find
from conformance.verdict import Verdict
from tests.conformance.mutants.judging import judged
from tests.conformance.mutants.mutant import USUAL
from tests.conformance.runs import a_peer
from tests.support.endpoint import serving_agent


async def learned(agent: Agent, told: dict[str, Draft], **settings: Any) -> dict[str, Draft]:
    """What is known of an agent in the end."""
    with serving_agent(agent, **settings) as endpoint:
        async with a_peer() as peer:
            target = await find(peer, endpoint.base, ["1.0"])
            session = Session(
                peer=peer,
                url=target.interfaces[0].url,
                dialect=target.interfaces[0].dialect,
                card=target.card,
                knowledge=Knowledge(told),
                records={},
            )
            await explore(session)
            return session.knowledge.drafts


@pytest.mark.parametrize("streaming", [True, False])
async def test_behaviours_are_learned_from_the_tasks_that_come(streaming: bool) -> None:
    drafts = await learned(ScenarioAgent(), {}, streaming=streaming)
    hello = Draft(text="Hello")
    assert drafts == {"completes": hello, "artifact": hello}


async def test_pieces_of_an_artifact_are_learned_from_the_stream() -> None:
    drafts = await learned(EchoAgent(), {})
    assert drafts["chunks"] == Draft(text="Hello there!")


async def test_what_is_told_is_sent_and_shows_what_else_it_brings() -> None:
    told = {
        name: Draft(prefix=SCENARIOS[name])
        for name in ("file", "data", "message", "input", "auth", "fails", "rejects", "chunks")
    }
    drafts = await learned(ScenarioAgent(), dict(told))
    assert drafts == {**told, "completes": told["file"], "artifact": told["file"]}


async def test_slowest_task_is_the_long_one() -> None:
    slow = Draft(prefix=SCENARIOS["long"])
    drafts = await learned(ScenarioAgent(seconds=0.5), {"completes": slow})
    assert drafts["long"] == slow


async def test_fault_while_exploring_is_the_suites_own() -> None:
    no_text: Any = object()
    chosen = [requirements()["send.waits-until-the-task-rests"], requirements()["card.shape"]]
    knowledge = Knowledge({"completes": Draft(text=no_text)})

    results = await judged(USUAL.app(), chosen, knowledge, ["1.0"])

    assert [one.verdict for one in results] == [Verdict.ERROR, Verdict.PASS]
    assert "not JSON serializable" in results[0].reason
