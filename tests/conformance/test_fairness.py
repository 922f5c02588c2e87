"""What endpoints may do as well as anything else is held against none."""

import asyncio
import json
from typing import Any

import pytest

from a2a_agent import RunRequest
from a2a_agent.domain.agent_events import RunFinished, RunStarted
from a2a_agent.runtime.agent import AgentDescription, Events
from conformance.knowledge import Knowledge
from conformance.outcome import ExitCode
from conformance.requirements import requirements
from conformance.verdict import Verdict
from tests.conformance.conftest import Run
from tests.conformance.endpoints import answering, failing, http, listening
from tests.conformance.mutants import ended_tasks
from tests.conformance.mutants.altering import Alteration, asks
from tests.conformance.mutants.changes import asks_configuration, objects, without
from tests.conformance.mutants.judging import judged
from tests.conformance.mutants.messages import Answer, Asked
from tests.conformance.mutants.mutant import USUAL
from tests.support.endpoint import serving_agent


def test_id_of_a_wrong_type_may_be_echoed_in_the_refusal(run: Run) -> None:
    with listening(failing(-32600, "no")) as url:
        only = ("--only", "jsonrpc.ids-of-other-types", "--only", "jsonrpc.id-echoed")
        ended = run(url, *only)
    assert ended.code == 0, ended.out


def test_number_in_the_place_of_a_request_may_be_no_json_text(run: Run) -> None:
    with listening(failing(-32700, "no")) as url:
        ended = run(url, "--only", "jsonrpc.not-an-object")
    assert ended.code == 0, ended.out


def test_endpoint_that_refuses_streams_as_it_refuses_else_is_right(run: Run) -> None:
    with listening(failing(-32602, "no")) as url:
        ended = run(url, "--only", "stream.refusal-is-")
    assert ended.code == 0, ended.out


def test_endpoint_that_refuses_a_stream_for_want_of_an_id_opens_none(run: Run) -> None:
    with listening(failing(-32600, "no")) as url:
        ended = run(url, "--only", "jsonrpc.notification-opens-no-stream")
    assert ended.code == 0, ended.out


def test_bytes_that_are_no_text_may_be_read_as_some(run: Run) -> None:
    with listening(failing(-32001, "no such task")) as url:
        ended = run(url, "--only", "jsonrpc.bad-utf-8", "--min-exercised", "0")
    assert ended.code == 0, ended.out
    assert "NOT EXERCISED  0.3 jsonrpc.bad-utf-8\n" in ended.out
    assert "WARN           0.3 jsonrpc.bad-utf-8-is-not-read" in ended.out


def test_empty_parts_of_the_old_version_are_no_failure(run: Run) -> None:
    with listening(failing(-32001, "no such task")) as url:
        words = ("--version", "0.3", "--min-exercised", "0")
        ended = run(url, *words, "--only", "send.no-parts-are")
    assert ended.code == 0, ended.out
    assert "WARN           0.3 send.no-parts-are-refused" in ended.out


def test_endpoint_that_takes_giant_bodies_is_left_with_no_giant_task(run: Run) -> None:
    giants = []

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        if len(body) > 1_000_000:
            giants.append(json.loads(body)["method"])
        writer.write(http(b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32602}}'))

    with listening(answering(answer)) as url:
        run(url, "--only", "security.too-large")
    assert giants == ["tasks/get", "GetTask"]


class Slow:
    """An agent that takes its time, whatever it is asked."""

    description = AgentDescription(name="slow", description="Takes its time.")

    async def run(self, _: RunRequest, /) -> Events:
        yield RunStarted()
        await asyncio.sleep(1.0)
        yield RunFinished()


def test_agent_that_takes_longer_than_is_waited_for_is_told_to_be_slow(run: Run) -> None:
    areas = ("jsonrpc.string-ids", "send.gives-a-task", "stream.streams-of-a-task", "subscribe.te")
    only = [word for area in areas for word in ("--only", area)]
    with serving_agent(Slow()) as endpoint:
        ended = run(endpoint.base, "--timeout", "0.3", *only)
    assert ended.code == ExitCode.TOO_LITTLE, ended.out
    assert "the agent is slow: nothing came for 0.3 seconds: --timeout" in ended.out


@pytest.mark.parametrize("beside", [{"mediaType": "text/plain"}, {"metadata": {}}])
async def test_chunks_that_say_more_than_their_text_may_be_joined(beside: dict[str, Any]) -> None:
    alter = objects(lambda item: {**item, **beside} if "text" in item else item)
    await _must_pass(alter, "stream.adds-up-to-the-task", "stream.last-chunk-is-marked")


def _breaks_at_a_configuration(asked: Asked) -> Answer | None:
    return (
        Answer(status=500, headers={}, body=b"broken") if "configuration" in asked.params else None
    )


async def test_endpoint_that_breaks_at_a_configuration_is_right_where_none_is_needed() -> None:
    ids = ("jsonrpc.string-ids", "jsonrpc.number-ids", "send.context-is-kept-when-given")
    await _must_pass(asks(_breaks_at_a_configuration), *ids)


async def test_reply_with_the_whole_history_is_wrong_about_its_length_only() -> None:
    alter = asks_configuration(lambda given: without(given, "historyLength"))
    await _must_pass(alter, "multi-turn.history-length-gives-the-latest")


async def test_canceled_task_that_can_be_canceled_again_is_none_that_ended_by_itself() -> None:
    (mutant,) = (
        one for one in ended_tasks.MUTANTS if one.name == "cancel of a canceled task accepted"
    )
    await _must_pass(mutant.alter, "tasks.cancel-of-ended-is-refused")


async def _must_pass(alter: Alteration, *ids: str) -> None:
    """Fails unless our own endpoint, altered so, keeps the requirements."""
    chosen = [requirements()[id] for id in ids]
    knowledge = Knowledge.told({}, follows_scenarios=True)
    results = await judged(alter(USUAL.app()), chosen, knowledge)
    assert {one.verdict for one in results} == {Verdict.PASS}
