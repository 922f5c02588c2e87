"""What the agent is made of, what its model is told, and what tools hand to the client."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from a2a_agent.agents import openai
from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from a2a_agent.agents.tools import FunctionTool, Progress, Tool, tool
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    StepFinished,
    ToolCall,
    ToolProgress,
    ToolResult,
)
from a2a_agent.domain.model import FilePart, JsonValue, Message, Part, Role, TextPart
from a2a_agent.runtime.agent import AgentDescription, RunRequest, Skill, describe
from tests.agents.openai.models import (
    add,
    ending,
    options_for,
    run_of,
    started,
    step,
    words,
    writing,
)
from tests.agents.runs import events_of, request_of
from tests.support.fake_openai import SUM, Fake, Script
from tests.support.services import soon


def message(role: Role, *parts: Part) -> Message:
    return Message(message_id="m", role=role, parts=parts, task_id="earlier")


def after(*history: Message) -> RunRequest:
    request = request_of("And now?")
    return RunRequest(
        message=request.message, task_id="task", context_id="context", history=history
    )


async def test_the_model_is_told_what_was_said_before(fake: Fake) -> None:
    request = after(
        message(Role.USER, TextPart("What is 2 + 2?")), message(Role.AGENT, TextPart("It is 4."))
    )

    await run_of(fake, "plain", request, instructions="Be brief.")

    assert fake.bodies[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is 2 + 2?"},
        {"role": "assistant", "content": "It is 4."},
        {"role": "user", "content": "And now?"},
    ]


@pytest.mark.parametrize("bound", [{"max_history_messages": 1}, {"max_history_characters": 10}])
async def test_the_model_is_told_no_more_than_the_latest_of_it(
    fake: Fake, bound: dict[str, Any]
) -> None:
    request = after(
        message(Role.USER, TextPart("What is 2 + 2?")),
        message(Role.AGENT, TextPart("It is 4.")),
        message(Role.USER, TextPart("Sure?")),
    )

    await run_of(fake, "plain", request, **bound)

    assert fake.bodies[0]["messages"] == [
        {"role": "user", "content": "Sure?"},
        {"role": "user", "content": "And now?"},
    ]


async def test_a_character_in_two_halves_goes_back_to_the_model_as_one(
    fake: Fake, api: str
) -> None:
    script: Script = [
        {"text": "\ud83d\ude00\ud83d", "pieces": "char", "tool_calls": [SUM]},
        {"text": "4"},
    ]

    await run_of(fake, script, api=api)

    said = fake.bodies[1]["messages" if api == "chat" else "input"][1]
    assert said["content"] == "\U0001f600\ufffd"


async def test_the_model_reads_results_in_the_order_of_its_calls(fake: Fake, api: str) -> None:
    is_added = asyncio.Event()

    async def get_weather(city: str) -> str:
        await soon(is_added.wait())
        return "sunny"

    async def add(a: int, b: int) -> int:
        is_added.set()
        return a + b

    events = await run_of(fake, "parallel-tools", tools=[get_weather, add], api=api)

    if api == "chat":
        told = [message["content"] for message in fake.bodies[1]["messages"][2:]]
    else:
        told = [item["output"] for item in fake.bodies[1]["input"][3:]]
    shown = [event.output for event in events if isinstance(event, ToolResult)]
    assert (told, shown) == (["sunny", "4"], [4, "sunny"])


async def test_files_of_a_tool_go_to_the_client_and_the_model_is_told_of_them(
    fake: Fake, api: str
) -> None:
    file = FilePart(raw=b"%PDF", media_type="application/pdf", filename="report.pdf")

    def report() -> FilePart:
        return file

    described: JsonValue = {
        "artifact": "report.pdf",
        "mediaTypes": ["application/pdf"],
        "delivered": True,
    }
    script: Script = [{"tool_calls": [{"name": "report"}]}, {"text": "Done."}]
    assert await run_of(fake, script, tools=[report], api=api) == [
        started("scripted"),
        *step(1, "scripted", *writing("call-0-0", "report", "{}", 1)),
        ToolCall(call_id="call-0-0", name="report", arguments={}, step=1),
        Artifact(parts=(file,), name="report.pdf"),
        ToolResult(call_id="call-0-0", name="report", output=described, step=1),
        StepFinished(step=1),
        *step(2, "scripted", *words("Done.", 2)),
        *ending(2),
    ]


def count() -> Any:
    yield Progress({"done": 1})
    yield Progress({"done": 2})
    yield "counted"


async def count_asynchronously() -> Any:
    yield Progress({"done": 1})
    yield Progress({"done": 2})
    yield "counted"


@pytest.mark.parametrize("counting", [tool(count), tool(count_asynchronously, name="count")])
async def test_news_of_a_tool_come_before_its_result(fake: Fake, api: str, counting: Tool) -> None:
    def news(number: int) -> AgentEvent:
        return ToolProgress(call_id="call-0-0", name="count", data={"done": number}, step=1)

    script: Script = [{"tool_calls": [{"name": "count"}]}, {"text": "Done."}]
    assert await run_of(fake, script, tools=[counting], api=api) == [
        started("scripted"),
        *step(1, "scripted", *writing("call-0-0", "count", "{}", 1)),
        ToolCall(call_id="call-0-0", name="count", arguments={}, step=1),
        news(1),
        news(2),
        ToolResult(call_id="call-0-0", name="count", output="counted", step=1),
        StepFinished(step=1),
        *step(2, "scripted", *words("Done.", 2)),
        *ending(2),
    ]


def toolset(*tools: Tool, log: list[str]) -> AbstractAsyncContextManager[Sequence[Tool]]:
    @asynccontextmanager
    async def opening() -> Any:
        log.append("opened")
        try:
            yield tools
        finally:
            log.append("closed")

    return opening()


async def test_tools_of_a_toolset_are_there_while_the_agent_is_open(fake: Fake) -> None:
    log: list[str] = []
    fake.scripts["adding"] = [{"tool_calls": [SUM]}, {"text": "4"}]
    agent = OpenAIAgent(options_for(fake, "adding"), toolsets=[toolset(tool(add), log=log)])

    async with agent:
        assert log == ["opened"]
        events = await events_of(agent, request_of("Hello"))

    assert ToolResult(call_id="call-0-0", name="add", output=4, step=1) in events
    assert log == ["opened", "closed"]


def test_two_tools_of_one_name_are_refused(fake: Fake) -> None:
    with pytest.raises(ValueError, match="^there are two tools named add$"):
        OpenAIAgent(options_for(fake, "plain"), tools=[add, tool(add)])


async def test_a_toolset_with_the_name_of_a_tool_is_refused_and_closed(fake: Fake) -> None:
    log: list[str] = []
    agent = OpenAIAgent(
        options_for(fake, "plain"), tools=[add], toolsets=[toolset(tool(add), log=log)]
    )

    with pytest.raises(ValueError, match="^there are two tools named add$"):
        async with agent:
            pass
    assert log == ["opened", "closed"]


def test_what_is_no_tool_is_refused(fake: Fake) -> None:
    with pytest.raises(TypeError, match="is no tool: its parameter numbers has no type"):
        OpenAIAgent(options_for(fake, "plain"), tools=[lambda numbers: 0])


def test_a_function_tool_is_a_tool() -> None:
    assert isinstance(tool(add), Tool)
    assert isinstance(tool(add), FunctionTool)


def test_the_card_says_what_the_model_takes(fake: Fake) -> None:
    agent = OpenAIAgent(options_for(fake, "plain"))
    reader = OpenAIAgent(
        options_for(
            fake, "plain", images=False, documents=True, name="reader", description="Reads."
        )
    )

    def description(name: str, said: str, *takes: str) -> AgentDescription:
        skill = Skill(
            id="chat",
            name="Conversation",
            description=said,
            tags=("llm", "chat"),
            examples=("Hello, what can you do?",),
        )
        return AgentDescription(
            name=name,
            description=said,
            skills=(skill,),
            input_modes=("text/*", "application/json", *takes),
            output_modes=("text/plain", "application/json"),
        )

    assert describe(agent) == description("assistant", "Answers with a language model.", "image/*")
    assert describe(reader) == description("reader", "Reads.", "application/pdf")


def test_the_package_has_the_agent_and_its_options_and_nothing_else() -> None:
    assert (openai.OpenAIAgent, openai.OpenAIOptions) == (OpenAIAgent, OpenAIOptions)
    with pytest.raises(AttributeError, match="has no attribute 'AzureAgent'"):
        openai.AzureAgent  # noqa: B018  # what is tested
