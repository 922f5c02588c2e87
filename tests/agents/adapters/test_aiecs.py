import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from a2a_agent.agents.adapters import aiecs
from a2a_agent.agents.adapters.aiecs import from_aiecs
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import DataPart, FilePart, Message, Role, TextPart
from a2a_agent.runtime.agent import RunRequest
from tests.agents.runs import events_of, request_of

DONE = {"type": "result", "success": True, "output": "Done."}
TOOLS = {"weather": "tool"}


class HybridAgent:
    """Stands in for AIECS's: plays events, and tells what it was told."""

    def __init__(self, events: Sequence[Any] = (DONE,), state: str = "created") -> None:
        self.events = events
        self.state = state
        self.did: list[Any] = []
        self.llm_client: Any = "client"
        self._tool_instances = TOOLS
        self._conversation_history: list[Any] = []

    async def initialize(self) -> None:
        self.did.append("initialize")
        self.state = "active"

    async def execute_task_streaming(
        self, task: dict[str, Any], context: dict[str, Any]
    ) -> AsyncGenerator[Any, None]:
        self.did.append((task, context))
        for event in self.events:
            if event == "wait":
                self.did.append("waiting")
                await asyncio.Event().wait()
            yield event

    async def shutdown(self) -> None:
        self._tool_instances.clear()
        self.did.append("shutdown" if self.llm_client is None else "closed the client")


class Own:
    """An agent of another class, without a list of its own for what was said."""

    def __init__(self) -> None:
        self.state = "active"
        self.context: dict[str, Any] = {}

    async def execute_task_streaming(
        self, task: dict[str, Any], context: dict[str, Any]
    ) -> AsyncGenerator[Any, None]:
        self.context = context
        yield DONE

    async def shutdown(self) -> None:
        raise RuntimeError("not now")


class Clinging(Own):
    """Does not let itself be shut down."""

    async def shutdown(self) -> None:
        await asyncio.Event().wait()


TASK = {"description": "Hello", "task_id": "task"}
CONTEXT = {"session_id": "context"}


def with_history() -> RunRequest:
    """A request after a question with a picture, a call, and an answer."""
    picture = FilePart(raw=b"png", media_type="image/png", filename="sky.png")
    call = DataPart({"callId": "a", "name": "weather_get", "arguments": {"city": "Ur"}})
    result = DataPart({"callId": "a", "name": "weather_get", "output": "sun"})
    said = [
        (Role.USER, (TextPart("How is it?"), picture)),
        (Role.AGENT, (call,)),
        (Role.AGENT, (result,)),
        (Role.AGENT, (TextPart("Sunny."),)),
    ]
    history = [Message(message_id="m", role=role, parts=parts, task_id="t") for role, parts in said]
    return replace(request_of("Hello"), history=tuple(history))


HISTORY = [
    {"role": "user", "content": "How is it?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "a",
                "type": "function",
                "function": {"name": "weather_get", "arguments": '{"city": "Ur"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": "sun"},
    {"role": "assistant", "content": "Sunny."},
]


class TestRuns:
    async def test_agent_is_made_initialized_run_and_shut_down(self) -> None:
        agents: list[HybridAgent] = []

        def assistant() -> HybridAgent:
            """Helps."""
            agents.append(HybridAgent())
            return agents[-1]

        adapted = from_aiecs(assistant)
        events = [await events_of(adapted, request_of("Hello")) for _ in range(2)]

        assert events == [[RunFinished(text="Done.")]] * 2
        assert [agent.did for agent in agents] == [["initialize", (TASK, CONTEXT), "shutdown"]] * 2
        assert (adapted.description.name, adapted.description.description) == (
            "assistant",
            "Helps.",
        )

    async def test_client_and_tools_outlive_the_agent(self) -> None:
        agent = HybridAgent()

        await events_of(from_aiecs(lambda: agent), request_of("Hello"))

        assert (agent.did[-1], TOOLS) == ("shutdown", {"weather": "tool"})

    async def test_agent_may_be_made_and_initialized_in_a_coroutine(self) -> None:
        agent = HybridAgent()

        async def make() -> HybridAgent:
            await agent.initialize()
            return agent

        await events_of(from_aiecs(make), request_of("Hello"))

        assert agent.did == ["initialize", (TASK, CONTEXT), "shutdown"]

    @pytest.mark.parametrize("make", [HybridAgent, Own])
    async def test_history_is_in_the_context(self, make: Callable[[], Any]) -> None:
        agent = make()

        await events_of(from_aiecs(lambda: agent), with_history())

        context = agent.context if isinstance(agent, Own) else agent.did[1][1]
        assert context == {**CONTEXT, "history": HISTORY}

    async def test_agent_is_shut_down_when_the_run_is_canceled(self) -> None:
        agent = HybridAgent([{"type": "started"}, "wait"], state="active")
        has_begun = asyncio.Event()

        async def run() -> None:
            async for _ in from_aiecs(lambda: agent).run(request_of("Hello")):
                has_begun.set()

        running = asyncio.create_task(run())
        async with asyncio.timeout(5):
            await has_begun.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

        assert agent.did[-1] == "shutdown"

    async def test_agent_that_clings_to_its_life_is_let_go(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(aiecs, "_SHUTDOWN_SECONDS", 0.01)

        async with asyncio.timeout(5):
            events = await events_of(from_aiecs(Clinging), request_of("Hello"))

        assert events == [RunFinished(text="Done.")]

    async def test_failure_to_shut_down_does_not_fail_the_run(self) -> None:
        assert await events_of(from_aiecs(Own), request_of("Hello")) == [RunFinished(text="Done.")]
