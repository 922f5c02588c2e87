"""The agent and its model's server: keys, refusals, connections."""

import asyncio
import logging
from contextlib import aclosing
from typing import Any

import pytest
from openai import OpenAIError

from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from a2a_agent.agents.openai.failures import SENTENCES
from a2a_agent.domain.agent_events import RunFinished, StepStarted, TextDelta
from a2a_agent.runtime.agent import run_function
from tests.agents.openai.models import (
    ending,
    failure,
    options_for,
    run_of,
    started,
    step,
    without_error,
    words,
)
from tests.agents.runs import events_of, request_of
from tests.support.fake_openai import Fake, Script
from tests.support.services import soon

SOON = {"Retry-After": "0.001"}


async def key_of(fake: Fake, **options: Any) -> str:
    """The key that the model's server is shown."""
    async with OpenAIAgent(OpenAIOptions(model="plain", **options)) as agent:
        await events_of(agent, request_of("Hello"))
    return fake.calls[-1].headers["authorization"]


@pytest.mark.parametrize("key", [None, ""])
async def test_without_key_and_base_url_there_is_no_agent(
    key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key is not None:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(OpenAIError):
        OpenAIAgent(OpenAIOptions(model="plain"))


async def test_a_server_of_ones_own_needs_no_key(fake: Fake) -> None:
    assert await key_of(fake, base_url=fake.base_url) == "Bearer none"


async def test_a_server_of_ones_own_may_be_in_the_environment(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)

    assert await key_of(fake) == "Bearer none"


async def test_the_key_comes_from_the_options_before_the_environment(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "general")

    assert await key_of(fake, base_url=fake.base_url) == "Bearer general"
    assert await key_of(fake, base_url=fake.base_url, api_key="own") == "Bearer own"


async def test_a_key_that_is_refused_is_never_told(
    fake: Fake, api: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    error = {"message": "secret-key may not ask: Hello", "code": "invalid_api_key"}

    events = await run_of(fake, [{"status": 401, "error": error}], api=api, api_key="secret-key")

    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.reason == "model-authentication"
    for word in ("secret-key", "Hello"):
        assert word in error["message"]
        assert word not in str(events)
        assert word not in caplog.text


@pytest.mark.parametrize("headers", [SOON, {"Retry-After-Ms": "1"}])
async def test_a_server_that_is_busy_is_asked_again_as_it_says(
    fake: Fake, api: str, headers: dict[str, str]
) -> None:
    script: Script = [{"status": 429, "headers": headers, "times": 8, "text": "Hello."}]

    async with asyncio.timeout(10):  # of its own accord the client would wait for half a minute
        events = await run_of(fake, script, api=api, max_retries=8)

    assert events == [started("scripted"), *step(1, "scripted", *words("Hello.", 1)), *ending(1)]
    assert len(fake.calls) == 9


async def test_a_server_that_stays_busy_is_left_alone_in_the_end(fake: Fake, api: str) -> None:
    script: Script = [{"status": 503, "headers": SOON}]

    events = await run_of(fake, script, api=api, max_retries=2)

    end = failure("model-unavailable", "The model is not there, or cannot be reached.")
    assert without_error(events) == [started("scripted"), StepStarted(step=1), *ending(1, end)]
    assert len(fake.calls) == 3


async def test_a_server_that_is_not_there_cannot_be_reached(unused_port: int, api: str) -> None:
    options = OpenAIOptions(
        model="plain",
        api=api,
        base_url=f"http://127.0.0.1:{unused_port}/v1",
        max_retries=0,
    )
    async with OpenAIAgent(options) as agent:
        events = await events_of(agent, request_of("Hello"))

    end = failure("model-unavailable", "The model is not there, or cannot be reached.")
    assert without_error(events) == [started("plain"), StepStarted(step=1), *ending(1, end)]


@pytest.mark.parametrize(("pieces", "seconds"), [(0, 0.1), (2, 1.0)])
async def test_a_server_that_says_nothing_for_too_long_has_timed_out(
    fake: Fake, api: str, pieces: int, seconds: float
) -> None:
    script: Script = [{"text": "One two three.", "hold": pieces}]

    events = await run_of(fake, script, api=api, timeout_seconds=seconds)

    end = failure("model-timeout", "The model took too long to answer.")
    assert without_error(events) == [
        started("scripted"),
        StepStarted(step=1),
        *words("One two three.", 1)[:pieces],
        *ending(1, end),
    ]


async def test_an_answer_that_ends_in_a_way_of_its_own_has_its_price(fake: Fake) -> None:
    events = await run_of(fake, [{"text": "One two.", "finish": "error"}])

    end = failure("model-cut-off", SENTENCES["model-cut-off"])
    assert without_error(events) == [
        started("scripted"),
        *step(1, "scripted", *words("One two.", 1)),
        *ending(1, end),
    ]


async def test_a_server_that_sends_what_is_no_answer_fails_the_run(fake: Fake, api: str) -> None:
    events = await run_of(fake, [{"frames": ["5"]}], api=api)

    end = failure("model-bad-answer", "The model's server sent what is no answer.")
    assert without_error(events) == [started("scripted"), StepStarted(step=1), *ending(1, end)]


async def test_a_whole_answer_is_one_even_if_its_server_does_not_hang_up(
    fake: Fake, api: str
) -> None:
    script: Script = [{"text": "One two.", "usage": None, "hold": 2}]

    events = await run_of(fake, script, api=api, timeout_seconds=1.0)

    assert events == [
        started("scripted"),
        StepStarted(step=1),
        *words("One two.", 1),
        *ending(1),
    ]


async def test_a_run_that_is_cancelled_closes_its_connection_to_the_model(
    fake: Fake, api: str
) -> None:
    has_begun = asyncio.Event()

    async def run(agent: OpenAIAgent) -> None:
        async for event in run_function(agent)(request_of("Hello")):
            if isinstance(event, TextDelta):
                has_begun.set()

    async with OpenAIAgent(options_for(fake, "slow", api=api)) as agent:
        running = asyncio.create_task(run(agent))
        await soon(has_begun.wait())
        running.cancel()
        await soon(asyncio.wait([running]))
        await fake.calls[0].was_left.passed()

    assert running.cancelled()
    assert not fake.calls[0].is_done


async def test_a_run_that_is_cancelled_before_the_first_word_closes_its_connection_too(
    fake: Fake, api: str
) -> None:
    fake.scripts["silent"] = [{"text": "One two.", "hold": 0}]
    async with OpenAIAgent(options_for(fake, "silent", api=api)) as agent:
        running = asyncio.create_task(events_of(agent, request_of("Hello")))
        call = await asyncio.to_thread(fake.call, 0)
        running.cancel()
        await soon(asyncio.wait([running]))
        await call.was_left.passed()

    assert not call.is_done


async def test_a_run_that_is_left_closes_its_connection_to_the_model(fake: Fake, api: str) -> None:
    async with OpenAIAgent(options_for(fake, "slow", api=api)) as agent:
        events: Any = agent.run(request_of("Hello"))
        async with aclosing(events):
            async for event in events:
                if isinstance(event, TextDelta):
                    break
        await fake.calls[0].was_left.passed()

    assert not fake.calls[0].is_done


async def test_an_answer_comes_while_it_is_being_written(fake: Fake, api: str) -> None:
    script: Script = [{"text": "One two three.", "hold": 1}]
    fake.scripts["held"] = script
    came: list[object] = []
    async with OpenAIAgent(options_for(fake, "held", api=api)) as agent:
        async for event in run_function(agent)(request_of("Hello")):
            came.append(event)
            if event == TextDelta("One ", step=1):
                assert not fake.calls[0].is_done
                fake.go_on()

    assert came[-3:] == [*step(1, "held", *words("three.", 1))[2:], *ending(1)]
