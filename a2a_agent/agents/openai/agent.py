"""A language model with tools, as an agent: asks the model, runs its tools, until it answers.

A tool that requires approval ends the run with a question; the whole conversation travels with
it, so that the client's answer finds its way on even after a restart.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any, cast

from openai import AsyncOpenAI, OpenAIError

from a2a_agent.agents.approvals import approval, decision
from a2a_agent.agents.openai import structured
from a2a_agent.agents.openai.calls import arguments_of, called, denied, outcomes
from a2a_agent.agents.openai.chat import ChatModel
from a2a_agent.agents.openai.conversation import (
    Call,
    Result,
    Said,
    Turn,
    bounded,
    from_json,
    to_json,
    turns_of,
)
from a2a_agent.agents.openai.failures import FAILURES, failed, failure
from a2a_agent.agents.openai.media import IMAGE, PDF
from a2a_agent.agents.openai.model import Finish, Model, Prompt
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.openai.responses import ResponsesModel
from a2a_agent.agents.tools import Tool, ToolError, Toolset, tool
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputRequired,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
)
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    DataPart,
    JsonObject,
    JsonValue,
    Message,
    TaskState,
    TextPart,
)
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, Skill

_MOST_ATTEMPTS = 2
"""How often the model may answer with something else than the JSON that was asked for."""


class OpenAIAgent:
    """A model behind an OpenAI-compatible API, with tools: functions, or what `tool` makes of them.

    `toolsets` bring more of them, such as an `McpServer`, once they are opened. The agent is a
    context manager for as long as it serves, which `create_app` sees to.

    Raises openai.OpenAIError where there is neither a key nor a base URL, TypeError for what is no
    tool, ValueError for two tools of one name.
    """

    def __init__(
        self,
        options: OpenAIOptions,
        *,
        tools: Sequence[Tool | Callable[..., Any]] = (),
        toolsets: Sequence[Toolset] = (),
    ) -> None:
        self._options = options
        self._own_tools = [_tool(given) for given in tools]
        self._tools = _by_name(self._own_tools)
        self._toolsets = toolsets
        self._opened = AsyncExitStack()
        self._client = _client(options)
        model = ChatModel if options.api == "chat" else ResponsesModel
        self._model: Model = model(self._client, options)
        self.description = _description(options)

    async def __aenter__(self) -> "OpenAIAgent":
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._client.close)
            tools = list(self._own_tools)
            for toolset in self._toolsets:
                tools += await stack.enter_async_context(toolset)
            self._tools = _by_name(tools)
            self._opened = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def run(self, request: RunRequest, /) -> Events:
        """Asks the model and runs its tools, step after step, until it answers."""
        options = self._options
        yield RunStarted(model=options.model, agent=options.name)
        try:
            work = await _Work.of(request, options)
        except ValueError as error:
            yield RunFinished(state=TaskState.REJECTED, reason="bad-schema", message=str(error))
            return
        if work.waiting:
            async for event in self._decided(work, request.message):
                yield event
        while True:
            if work.waiting:
                yield _question(work)
                return
            if work.step >= options.max_steps:
                yield failed("max-steps")
                return
            work.step += 1
            yield StepStarted(step=work.step)
            end: RunFinished | None = None
            async with aclosing(self._step(work)) as events:
                async for event in events:
                    if isinstance(event, RunFinished):
                        end = event
                    else:
                        yield event
            yield StepFinished(step=work.step)
            if end is not None:
                yield end
                return

    async def _step(self, work: "_Work") -> AsyncGenerator[AgentEvent, None]:
        """One answer of the model, and the calls in it that need no approval."""
        finish: Finish | None = None
        prompt = Prompt(
            turns=work.turns,
            instructions=_instructions(self._options.instructions, work.schema),
            tools=tuple(self._tools.values()),
            schema=work.schema,
        )
        try:
            async with aclosing(self._model.answer(prompt, work.step)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finish):
                        finish = piece
                    elif work.schema is None or not isinstance(piece, TextDelta):
                        yield piece
        except FAILURES as error:
            yield failure(error)
            return
        assert finish is not None, "a model that raises nothing has finished"
        if finish.reason is not None:
            yield failed(finish.reason)
            return
        answer = finish.answer
        work.turns.append(answer)
        if not answer.calls:
            async for event in _ending(work, answer.text):
                yield event
            return
        for call in answer.calls:
            yield called(call, work.step)
        work.waiting = [call for call in answer.calls if self._needs_approval(call)]
        free = [call for call in answer.calls if call not in work.waiting]
        async with aclosing(self._made(work, free)) as events:
            async for event in events:
                yield event

    async def _made(self, work: "_Work", calls: Sequence[Call]) -> AsyncGenerator[AgentEvent, None]:
        """Makes the calls; the results join the conversation in the order of the calls."""
        results: dict[str, Result] = {}
        limit = self._options.tool_timeout_seconds
        async with aclosing(outcomes(calls, self._tools, work.step, limit)) as news:
            async for item in news:
                if isinstance(item, Result):
                    results[item.call_id] = item
                else:
                    yield item
        work.turns += [results[call.call_id] for call in calls]

    async def _decided(self, work: "_Work", answer: Message) -> AsyncGenerator[AgentEvent, None]:
        """Makes the call that the client was asked about, or does not, as the client says."""
        call = work.waiting[0]
        decided = decision(answer, work.request_id)
        if decided is None:
            return  # it was about another question: this one is asked again
        del work.waiting[0]
        if decided.is_yes:
            async with aclosing(self._made(work, [call])) as events:
                async for event in events:
                    yield event
        else:
            shown, told = denied(call, decided.words, work.step)
            yield shown
            work.turns.append(told)

    def _needs_approval(self, call: Call) -> bool:
        known = self._tools.get(call.name)
        # Nobody is asked about a call that cannot be made as it is.
        return known is not None and known.requires_approval and _has_arguments(call)


@dataclass(slots=True)
class _Work:
    """How far a run is."""

    turns: list[Turn]
    """The conversation so far."""
    schema: JsonObject | None = None
    """What the answer is to have, if it is to be JSON."""
    step: int = 0
    waiting: list[Call] = field(default_factory=list)
    """Calls of the last answer that the client has to decide about."""
    attempts: int = 0
    """How often the model has answered with something else than JSON."""

    @classmethod
    async def of(cls, request: RunRequest, options: OpenAIOptions) -> "_Work":
        """Where the last run on the task left off, or a new beginning.

        Raises ValueError, with a sentence for the client, for a schema that is none.
        """
        left = request.resume
        if isinstance(left, Mapping):
            waiting = [Call(*call) for call in cast(Any, left["waiting"])]
            kept = cast(JsonObject | None, left["schema"])
            return cls(from_json(left["turns"]), kept, cast(int, left["step"]), waiting)
        earlier = bounded(
            turns_of(request.history),
            messages=options.max_history_messages,
            characters=options.max_history_characters,
        )
        schema = await structured.wanted_schema(request)
        return cls([*earlier, Said(request.message.parts)], schema)

    @property
    def request_id(self) -> str:
        """Of the question about the first call that waits; no two questions of a task share one."""
        return f"{self.waiting[0].call_id}-{len(self.turns)}"

    def to_json(self) -> JsonObject:
        """What `of` goes on from."""
        waiting: list[JsonValue] = [
            [call.call_id, call.name, call.arguments] for call in self.waiting
        ]
        return {
            "turns": to_json(self.turns),
            "schema": self.schema,
            "step": self.step,
            "waiting": waiting,
        }


def _question(work: _Work) -> InputRequired:
    """Asks for the first call that waits."""
    call = work.waiting[0]
    return approval(
        call_id=call.call_id,
        name=call.name,
        arguments=called(call, work.step).arguments,
        request_id=work.request_id,
        resume=work.to_json(),
        step=work.step,
    )


async def _ending(work: _Work, text: str) -> AsyncGenerator[AgentEvent, None]:
    """The end of the run; nothing where the model is to try again."""
    if work.schema is None:
        yield RunFinished()
        return
    try:
        value = await asyncio.to_thread(structured.output, text, work.schema)
    except ValueError as error:
        work.attempts += 1
        if work.attempts == _MOST_ATTEMPTS:
            yield failed("output-invalid")
            return
        complaint = f"That is not the JSON that was asked for: {error}. Answer again."
        work.turns.append(Said((TextPart(complaint),)))
        return
    part = DataPart(value, media_type="application/json")
    yield Artifact(artifact_id=ANSWER_ARTIFACT_ID, name=ANSWER_ARTIFACT_ID, parts=(part,))
    yield RunFinished()


def _instructions(given: str, schema: JsonObject | None) -> str:
    wanted = () if schema is None else (structured.request_for(schema),)
    return "\n\n".join(filter(None, (given, *wanted)))


def _has_arguments(call: Call) -> bool:
    try:
        arguments_of(call)
    except ToolError:
        return False
    return True


def _tool(given: Tool | Callable[..., Any]) -> Tool:
    return given if isinstance(given, Tool) else tool(given)


def _by_name(tools: Sequence[Tool]) -> dict[str, Tool]:
    found: dict[str, Tool] = {}
    for each in tools:
        if each.name in found:
            raise ValueError(f"there are two tools named {each.name}")
        found[each.name] = each
    return found


def _client(options: OpenAIOptions) -> AsyncOpenAI:
    """The client. Servers of one's own mostly want no key, but the client library wants one."""
    key = options.api_key.get_secret_value() if options.api_key else os.getenv("OPENAI_API_KEY")
    if not key and (options.base_url or os.getenv("OPENAI_BASE_URL")):
        key = "none"
    if not key:
        raise OpenAIError("there is neither a key nor a base URL")
    return AsyncOpenAI(
        api_key=key,
        base_url=options.base_url,
        timeout=options.timeout_seconds,
        max_retries=options.max_retries,
    )


def _description(options: OpenAIOptions) -> AgentDescription:
    takes = ["text/*", "application/json"]
    if options.images:
        takes.append(f"{IMAGE}*")
    if options.documents:
        takes.append(PDF)
    skill = Skill(
        id="chat",
        name="Conversation",
        description=options.description,
        tags=("llm", "chat"),
        examples=("Hello, what can you do?",),
    )
    return AgentDescription(
        name=options.name,
        description=options.description,
        skills=(skill,),
        input_modes=tuple(takes),
        output_modes=("text/plain", "application/json"),
    )
