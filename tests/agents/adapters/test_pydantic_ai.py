"""Questions of pydantic-ai's agents, which need no framework."""

from dataclasses import dataclass, field
from typing import Any

from a2a_agent.agents.adapters.pydantic_ai import from_pydantic_ai
from a2a_agent.agents.adapters.pydantic_ai_events import TABLE
from a2a_agent.domain.agent_events import InputKind, InputRequired
from a2a_agent.domain.model import DataPart
from tests.agents.adapters.translating import translated
from tests.agents.runs import events_of, request_of

Json = dict[str, Any]


@dataclass
class DeferredToolRequests:
    """Called like pydantic-ai's."""

    approvals: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)


@dataclass
class Result:
    """A run's, with messages."""

    output: Any

    def all_messages_json(self) -> bytes:
        return b'[{"kind": "request"}]'


async def ended(output: DeferredToolRequests) -> InputRequired:
    """The question of a run that has ended with calls that wait."""
    event = {"event_kind": "agent_run_result", "result": Result(output)}
    _, question = await translated(TABLE, event)
    assert isinstance(question, InputRequired)
    return question


def call(number: int) -> Json:
    return {"tool_call_id": f"call-{number}", "tool_name": "delete", "args": '{"path": "a"}'}


def waiting(number: int, kind: str = "approval") -> Json:
    return {"id": f"call-{number}", "name": "delete", "arguments": {"path": "a"}, "kind": kind}


def asked(number: int, *left: Json, **answers: Json) -> InputRequired:
    """The question about a call, before the calls that are left."""
    return InputRequired(
        prompt='May I use delete with {"path": "a"}?',
        kind=InputKind.APPROVAL,
        options=("approve", "deny"),
        call_id=f"call-{number}",
        name="delete",
        arguments={"path": "a"},
        request_id=f"call-{number}-1",
        resume={
            "messages": [{"kind": "request"}],
            "waiting": [waiting(number), *left],
            "answers": {name.replace("_", "-"): answer for name, answer in answers.items()},
        },
    )


async def test_calls_that_wait_are_questions_with_the_messages_so_far() -> None:
    output = DeferredToolRequests(approvals=[call(1), call(2)])

    assert await ended(output) == asked(1, waiting(2))


async def test_next_call_is_asked_about_before_the_agent_goes_on() -> None:
    first = asked(1, waiting(2))
    agent = from_pydantic_ai(Idle())

    events = await events_of(agent, request_of("yes", resume=first.resume))

    assert events == [asked(2, call_1={"kind": "approval", "value": True})]


async def test_denial_is_kept_with_the_clients_words() -> None:
    first = asked(1, waiting(2))
    agent = from_pydantic_ai(Idle())

    events = await events_of(agent, request_of("Keep it.", resume=first.resume))

    assert events == [asked(2, call_1={"kind": "approval", "value": "Keep it."})]


async def test_decision_about_another_question_is_asked_for_again() -> None:
    decision = DataPart({"requestId": "another", "decision": "approve"})
    agent = from_pydantic_ai(Idle())

    events = await events_of(agent, request_of("", decision, resume=asked(1).resume))

    assert events == [asked(1)]


async def test_call_that_is_carried_out_elsewhere_asks_for_its_result() -> None:
    output = DeferredToolRequests(calls=[call(1), call(2)])
    first = await ended(output)
    agent = from_pydantic_ai(Idle())

    data = DataPart({"rows": 2})
    (second,) = await events_of(agent, request_of("Here:", data, resume=first.resume))

    assert (first.prompt, first.kind, first.options) == (
        'What does delete give for {"path": "a"}?',
        InputKind.TEXT,
        (),
    )
    assert isinstance(second, InputRequired)
    assert isinstance(second.resume, dict)
    assert second.resume["answers"] == {"call-1": {"kind": "text", "value": {"rows": 2}}}


@dataclass
class Idle:
    """An agent that is not run."""

    name: str | None = None
