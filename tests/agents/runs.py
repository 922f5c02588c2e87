"""Requests for agents, and what the agents make of them."""

from collections.abc import Sequence

from a2a_agent.domain.agent_events import AgentEvent
from a2a_agent.domain.model import JsonValue, Message, Part, Role, Task, TextPart
from a2a_agent.runtime.agent import Agent, RunRequest, run_function


def request_of(
    text: str = "",
    *parts: Part,
    message_id: str = "m",
    task: Task | None = None,
    resume: JsonValue = None,
    accepted_output_modes: Sequence[str] = (),
) -> RunRequest:
    """A request with the text, if any, and the parts."""
    said: tuple[Part, ...] = (TextPart(text),) if text else ()
    return RunRequest(
        message=Message(message_id=message_id, role=Role.USER, parts=(*said, *parts)),
        task_id="task",
        context_id="context",
        task=task,
        resume=resume,
        accepted_output_modes=tuple(accepted_output_modes),
    )


async def events_of(agent: Agent, request: RunRequest) -> list[AgentEvent | str]:
    """All events of a run."""
    return [event async for event in run_function(agent)(request)]
