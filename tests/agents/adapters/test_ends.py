"""How runs end: what is left to be said, and what exceptions mean."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from a2a_agent.agents.adapters.adapted import from_events
from a2a_agent.agents.adapters.table import EventTable, does, emits
from a2a_agent.agents.openai.failures import failed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    RunFinished,
    TextDelta,
)
from a2a_agent.runtime.agent import RunRequest
from tests.agents.runs import events_of, request_of


class OutOfSteps(Exception):
    pass


class OutOfMoney(OutOfSteps):
    pass


def remember(run: list[str], event: Any) -> Iterator[AgentEvent]:
    run.append(event["text"])
    return iter(())


def ask(run: list[str], _: None) -> Iterator[AgentEvent]:
    for prompt in run:
        yield TextDelta("Well. ")
        yield InputRequired(prompt=prompt)


TABLE: EventTable[list[str]] = EventTable(
    "test",
    {
        "question": does(remember),
        "text": emits(TextDelta, text="text"),
        "end": emits(RunFinished, text="text"),
    },
    new_run=list,
    at_end=does(ask, TextDelta, InputRequired),
    raises={"OutOfSteps": failed("max-steps")},
)


async def run(*events: Any) -> list[AgentEvent | str]:
    async def start(request: RunRequest) -> AsyncIterator[Any]:
        for event in events:
            if isinstance(event, Exception):
                raise event
            yield event

    return await events_of(from_events(start, TABLE), request_of("Hello"))


async def test_what_is_left_is_said_when_the_events_have_ended_and_a_question_ends_the_run() -> (
    None
):
    events = await run(
        {"type": "question", "text": "One?"},
        {"type": "question", "text": "Two?"},
        {"type": "text", "text": "Let me ask."},
    )

    assert events == [
        TextDelta("Let me ask."),
        TextDelta("Well. "),
        InputRequired(prompt="One?"),
    ]


async def test_nothing_is_left_after_an_event_that_said_how_the_run_has_ended() -> None:
    events = await run({"type": "question", "text": "One?"}, {"type": "end", "text": "Done."})

    assert events == [RunFinished(text="Done.")]


async def test_exception_means_what_the_table_says_of_its_class_or_of_a_base() -> None:
    assert await run(OutOfSteps("secret")) == [failed("max-steps")]
    assert await run(OutOfMoney("secret")) == [failed("max-steps")]


async def test_exception_that_the_table_does_not_name_is_the_runs() -> None:
    with pytest.raises(KeyError):
        await run(KeyError("secret"))
