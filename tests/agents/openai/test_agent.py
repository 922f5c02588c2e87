"""A run with each scripted model, over each API."""

import pytest

from a2a_agent.domain.agent_events import (
    AgentEvent,
    ReasoningDelta,
    StepFinished,
    StepStarted,
    ToolCall,
    ToolResult,
)
from tests.agents.openai.models import (
    addition,
    ending,
    failure,
    run_of,
    started,
    step,
    usage,
    weather,
    without_error,
    words,
    writing,
)
from tests.support.fake_openai import Fake

CITY = '{"city": "London"}'
NUMBERS = '{"a": 2, "b": 2}'
FORECAST = "The weather in London is sunny, 21 degrees."

COMPLETED: dict[str, list[AgentEvent]] = {
    "plain": [
        *step(1, "plain", *words("Hello from the fake model. This answer arrives in pieces.", 1)),
        *ending(1),
    ],
    "reasoning": [
        *step(
            1,
            "reasoning",
            *[
                ReasoningDelta(piece.text, step=1)
                for piece in words("The user wants a greeting.", 1)
            ],
            *words("Hello to you.", 1),
        ),
        *ending(1),
    ],
    "one-tool": [
        *step(1, "one-tool", *writing("call-0-0", "get_weather", CITY, 1)),
        *weather(1),
        StepFinished(step=1),
        *step(2, "one-tool", *words(FORECAST, 2)),
        *ending(2),
    ],
    "text-and-tool": [
        *step(
            1,
            "text-and-tool",
            *words("Let me look that up.", 1),
            *writing("call-0-0", "get_weather", CITY, 1),
        ),
        *weather(1),
        StepFinished(step=1),
        *step(2, "text-and-tool", *words(FORECAST, 2)),
        *ending(2),
    ],
    "two-tools": [
        *step(1, "two-tools", *writing("call-0-0", "get_weather", CITY, 1)),
        *weather(1),
        StepFinished(step=1),
        *step(2, "two-tools", *writing("call-1-0", "add", NUMBERS, 2)),
        *addition(2),
        StepFinished(step=2),
        *step(3, "two-tools", *words("London is sunny and 2 + 2 = 4.", 3)),
        *ending(3),
    ],
    "tool-fails": [
        *step(1, "tool-fails", *writing("call-0-0", "broken_tool", '{"reason": "test"}', 1)),
        ToolCall(call_id="call-0-0", name="broken_tool", arguments={"reason": "test"}, step=1),
        ToolResult(call_id="call-0-0", name="broken_tool", error="I am broken: test.", step=1),
        StepFinished(step=1),
        *step(2, "tool-fails", *words("The tool did not work, sorry.", 2)),
        *ending(2),
    ],
    "unknown-tool": [
        *step(1, "unknown-tool", *writing("call-0-0", "no_such_tool", "{}", 1)),
        ToolCall(call_id="call-0-0", name="no_such_tool", arguments={}, step=1),
        ToolResult(
            call_id="call-0-0",
            name="no_such_tool",
            error="There is no tool 'no_such_tool'; there are: get_weather, add, broken_tool.",
            step=1,
        ),
        StepFinished(step=1),
        *step(2, "unknown-tool", *words("There is no such tool.", 2)),
        *ending(2),
    ],
    "bad-arguments": [
        *step(1, "bad-arguments", *writing("call-0-0", "get_weather", '{"city": ', 1)),
        ToolCall(call_id="call-0-0", name="get_weather", arguments='{"city": ', step=1),
        ToolResult(
            call_id="call-0-0",
            name="get_weather",
            error="The arguments of get_weather are no valid JSON.",
            step=1,
        ),
        StepFinished(step=1),
        *step(2, "bad-arguments", *words("The arguments were broken.", 2)),
        *ending(2),
    ],
}

FAILED: dict[str, list[AgentEvent]] = {
    "http-500": [
        StepStarted(step=1),
        *ending(1, failure("model-unavailable", "The model is not there, or cannot be reached.")),
    ],
    "http-401": [
        StepStarted(step=1),
        *ending(
            1,
            failure("model-authentication", "The model's server does not accept this agent's key."),
        ),
    ],
    "http-429": [
        StepStarted(step=1),
        *ending(
            1, failure("model-rate-limited", "The model's server is too busy; try again later.")
        ),
    ],
    "too-long": [
        StepStarted(step=1),
        *ending(
            1, failure("context-too-long", "The conversation is longer than the model can take.")
        ),
    ],
    "no-such-model": [
        StepStarted(step=1),
        *ending(1, failure("model-unavailable", "The model is not there, or cannot be reached.")),
    ],
    "tool-then-500": [
        *step(1, "tool-then-500", *writing("call-0-0", "get_weather", CITY, 1)),
        *weather(1),
        StepFinished(step=1),
        StepStarted(step=2),
        *ending(2, failure("model-unavailable", "The model is not there, or cannot be reached.")),
    ],
    "drop": [
        StepStarted(step=1),
        *words("This answer breaks ", 1),
        *ending(
            1,
            failure(
                "model-cut-off",
                "The connection to the model was lost in the middle of its answer.",
            ),
        ),
    ],
}

HELD_BACK: dict[str, list[AgentEvent]] = {
    "length": [
        *step(1, "length", *words("This answer is cut", 1)),
        *ending(1, failure("length", "The model's answer is cut: it reached its limit of length.")),
    ],
    "refusal": [
        *step(1, "refusal"),
        *ending(1, failure("content-filter", "The model's server held the answer back.")),
    ],
}


@pytest.mark.parametrize("model", [*COMPLETED, *HELD_BACK])
async def test_a_run_tells_all_that_the_model_does(fake: Fake, api: str, model: str) -> None:
    expected = {**COMPLETED, **HELD_BACK}[model]

    assert await run_of(fake, model, api=api) == [started(model), *expected]


@pytest.mark.parametrize("model", FAILED)
async def test_a_run_that_the_models_server_ends_has_failed_and_says_why(
    fake: Fake, api: str, model: str
) -> None:
    events = await run_of(fake, model, api=api)

    assert without_error(events) == [started(model), *FAILED[model]]


async def test_parallel_calls_are_told_first_and_their_results_as_they_come(
    fake: Fake, api: str
) -> None:
    events = await run_of(fake, "parallel-tools", api=api)
    (call, result), (other_call, other_result) = weather(1), addition(1, 1)

    results = sorted(events[11:13], key=str)
    assert [*events[:11], *results, *events[13:]] == [
        started("parallel-tools"),
        StepStarted(step=1),
        *writing("call-0-0", "get_weather", CITY, 1),
        *writing("call-0-1", "add", NUMBERS, 1),
        usage(1, "parallel-tools"),
        call,
        other_call,
        *sorted((result, other_result), key=str),
        StepFinished(step=1),
        *step(2, "parallel-tools", *words("London is sunny and 2 + 2 = 4.", 2)),
        *ending(2),
    ]


async def test_a_model_that_never_comes_to_an_end_is_stopped_after_its_steps(
    fake: Fake, api: str
) -> None:
    events = await run_of(fake, "loop", api=api, max_steps=2)

    assert events == [
        started("loop"),
        *step(1, "loop", *writing("call-0-0", "get_weather", CITY, 1)),
        *weather(1),
        StepFinished(step=1),
        *step(2, "loop", *writing("call-1-0", "get_weather", CITY, 2)),
        *weather(2),
        StepFinished(step=2),
        failure("max-steps", "The agent did not come to an end within its number of steps."),
    ]
    assert len(fake.calls) == 2
