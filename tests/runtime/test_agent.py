"""What counts as an agent, and what its card says when it says nothing itself."""

import pytest

from a2a_agent.domain.agent_events import InputRequired, TextDelta
from a2a_agent.domain.model import DataPart, Message, Part, Role, TextPart
from a2a_agent.runtime.agent import (
    AgentDescription,
    Events,
    RunRequest,
    Skill,
    describe,
    run_function,
)


async def parrot(request: RunRequest) -> Events:
    """Says it
    again.

    And again.
    """
    yield request.text


class Crier:
    description = AgentDescription(name="Crier", description="Cries.", skills=())

    async def run(self, request: RunRequest, /) -> Events:
        yield request.text.upper()


class Quiet:
    async def run(self, request: RunRequest, /) -> Events:
        yield TextDelta("")


async def answers(request: RunRequest) -> str:
    return request.text


def request(*texts: str) -> RunRequest:
    parts: tuple[Part, ...] = (DataPart({}), *(TextPart(text) for text in texts))
    message = Message(message_id="m", role=Role.USER, parts=parts)
    return RunRequest(message=message, task_id="task", context_id="context")


def test_generator_function_is_an_agent() -> None:
    assert run_function(parrot) is parrot


async def test_object_with_a_generator_function_named_run_is_an_agent() -> None:
    function = run_function(Crier())

    assert [event async for event in function(request("hear"))] == ["HEAR"]


@pytest.mark.parametrize("agent", ["parrot", None, 5])
def test_what_cannot_be_called_is_no_agent(agent: object) -> None:
    with pytest.raises(TypeError, match="an agent is an async generator function"):
        run_function(agent)  # type: ignore[arg-type]  # that is the point


def test_class_is_no_agent() -> None:
    with pytest.raises(TypeError, match="is a class, make an object of it"):
        run_function(Crier)  # type: ignore[arg-type]  # that is the point


def test_coroutine_function_is_no_agent() -> None:
    with pytest.raises(TypeError, match="never yields, so it is no agent"):
        run_function(answers)  # type: ignore[arg-type]  # that is the point


def test_text_of_a_request_is_that_of_its_message() -> None:
    assert request("one", "two").text == "one\ntwo"


async def test_request_outside_of_a_run_has_nobody_to_ask() -> None:
    with pytest.raises(RuntimeError, match="nobody to ask"):
        await request("one").ask(InputRequired(prompt="Sure?"))


def test_agent_is_described_by_its_own_description() -> None:
    assert describe(Crier()) is Crier.description


def test_function_is_described_by_its_name_and_the_start_of_its_docstring() -> None:
    assert describe(parrot) == AgentDescription(
        name="parrot",
        description="Says it again.",
        skills=(Skill(id="parrot", name="parrot", description="Says it again.", tags=("agent",)),),
    )


def test_object_without_a_docstring_is_described_by_its_class() -> None:
    assert describe(Quiet()) == AgentDescription(
        name="Quiet",
        description="The agent Quiet.",
        skills=(Skill(id="Quiet", name="Quiet", description="The agent Quiet.", tags=("agent",)),),
    )
