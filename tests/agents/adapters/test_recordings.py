"""What frameworks have really emitted becomes what a client should see."""

import pytest

from a2a_agent.agents.adapters.table import Translation
from a2a_agent.agents.replay import replayed
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.task_events import Noted
from a2a_agent.domain.views import StreamMode, select
from tests.agents.adapters.expectations import (
    adalflow,
    agentor,
    aiecs,
    aworld,
    langgraph,
    openai_agents,
    pydantic_ai,
)
from tests.agents.adapters.expectations.expected import (
    OWN,
    SHARED,
    Expected,
    keys_at_hand,
    recording,
)
from tests.agents.adapters.played import Played, played
from tests.properties.promises import check_legal, check_streams, check_valid

EXPECTED: dict[str, Expected] = {
    **adalflow.EXPECTED,
    **agentor.EXPECTED,
    **aiecs.EXPECTED,
    **aworld.EXPECTED,
    **langgraph.EXPECTED,
    **openai_agents.EXPECTED,
    **pydantic_ai.EXPECTED,
}
FRAMEWORKS = {"agentor-0.0.23": "agentor"}
"""Whose events are in a folder that is not named after its framework."""


@pytest.fixture(scope="module", params=sorted(key for key in EXPECTED if recording(key)))
def run(request: pytest.FixtureRequest) -> tuple[Played, Expected]:
    key: str = request.param
    folder = key.partition("/")[0]
    path = recording(key)
    assert path is not None
    return played(path, FRAMEWORKS.get(folder, folder)), EXPECTED[key]


def test_there_is_an_expectation_for_every_recording() -> None:
    assert {key for key in keys_at_hand() if key not in EXPECTED} == set()


@pytest.mark.parametrize("framework", sorted({key.partition("/")[0] for key in EXPECTED}))
def test_some_recordings_of_each_framework_come_with_the_tests(framework: str) -> None:
    assert len(list((OWN / framework).glob("*.jsonl"))) >= 3


@pytest.mark.skipif(not SHARED.exists(), reason="only some recordings are at hand")
def test_every_expectation_has_its_recording() -> None:
    assert EXPECTED.keys() - keys_at_hand() == set()


def test_recording_becomes_the_run_that_it_was(run: tuple[Played, Expected]) -> None:
    happened, expected = run

    assert happened.in_short == expected


def _is_in_order(key: str) -> bool:
    """AWorld's own queue has shuffled the pieces, in whose place the adapter puts its own."""
    return not key.startswith("aworld/") or key.startswith(("aworld/fifo-", "aworld/outputs-"))


@pytest.mark.parametrize(
    "key", sorted(key for key in EXPECTED if recording(key) and _is_in_order(key))
)
def test_pieces_of_an_answer_add_up_to_it(key: str) -> None:
    path, folder = recording(key), key.partition("/")[0]
    assert path is not None

    streamed = played(path, FRAMEWORKS.get(folder, folder)).streamed()

    # What was not streamed is said at the end alone.
    assert streamed in ("", EXPECTED[key].answer)


def test_calls_and_results_of_a_recording_pair_by_their_ids(run: tuple[Played, Expected]) -> None:
    happened, _ = run

    assert happened.unpaired() == []


@pytest.mark.parametrize("key", sorted(keys_at_hand()))
def test_event_becomes_no_more_than_its_table_says(key: str) -> None:
    path = recording(key)
    assert path is not None
    folder = key.partition("/")[0]
    agent = replayed(path, framework=FRAMEWORKS.get(folder, folder))
    assert agent.framework is not None
    translation = Translation(agent.framework.table())

    for line in agent.lines[:-1]:
        name = translation.name_of(line.event)
        rule = translation.table.rule_for(name)
        became = {type(event) for event in translation.feed(line.event)}
        has_ended = translation.end is not None
        assert became | ({RunFinished} if has_ended else set()) <= set(rule.becomes), name
        if has_ended:
            return


def _thoughts(happened: Played, mode: StreamMode) -> str:
    """The reasoning that a stream in this mode shows."""
    shown = [entry.event for entry in select(happened.entries, mode)]
    notes = [event.note for event in shown if isinstance(event, Noted)]
    return "".join(str(note["text"]) for note in notes if note["kind"] == "reasoning")


def test_reasoning_is_shown_to_readers_of_everything_alone(run: tuple[Played, Expected]) -> None:
    happened, expected = run

    assert _thoughts(happened, StreamMode.ALL) == expected.reasoning
    for line in filter(None, expected.reasoning.splitlines()):
        assert line not in str(select(happened.entries, StreamMode.CORE))


def test_log_of_a_recording_is_legal_valid_and_adds_up(run: tuple[Played, Expected]) -> None:
    happened, _ = run

    check_legal(happened.entries)
    assert check_valid(happened.entries) > 0
    assert check_streams(happened.entries, 1, 3) > 0
