"""Agents of AdalFlow (1.1): the events of a Runner, of which each serves one run.

What its model writes is the planner's JSON, so the answer comes as a whole, at the end.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, closing, suppress
from copy import copy
from importlib import import_module
from inspect import isawaitable
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.failures import failure_said
from a2a_agent.agents.adapters.fields import class_name, field, readable, text_at
from a2a_agent.agents.adapters.history import new_text, transcript
from a2a_agent.agents.adapters.table import IGNORED, EventTable, Rule, all_of, does, emits
from a2a_agent.agents.approvals import Decision, decision, question_about
from a2a_agent.agents.openai.failures import failed
from a2a_agent.agents.threads import in_thread
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputKind,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepFinished,
    ToolCall,
    ToolProgress,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import Message, TaskState
from a2a_agent.runtime.agent import RunRequest, described_by

_CANCEL_SECONDS = 2.0
"""How long a Runner may take to stop; by itself it waits one second for its task."""
_QUESTION_ID = "item.data.id"
_NO_OUTPUT = re.compile(r"No output generated after \d+ steps \(max_steps: \d+\)")
"""What stands in the place of an answer when the steps are used up."""


def from_adalflow(make_runner: Callable[[], Any | Awaitable[Any]]) -> Adapted:
    """An agent whose every run has an `adalflow.Runner` of its own, which the function makes.

    A tool that requires approval waits for the client's, whoever the Runner would ask otherwise.
    The context's earlier messages go to the model in the place of the Runner's own memory.
    """

    async def start(request: RunRequest) -> AsyncGenerator[Any, Message | None]:
        made = await in_thread(lambda: _made(make_runner))
        runner = await made if isawaitable(made) else made
        answers: defaultdict[str, asyncio.Future[Decision]]
        answers = defaultdict(asyncio.get_running_loop().create_future)
        _ask_the_client(runner, answers)
        runner.use_conversation_memory = False
        result = runner.astream(prompt_kwargs=_prompt(request), model_kwargs={"stream": True})
        try:
            async with aclosing(result.stream_events()) as events:
                async for event in events:
                    # A decision about another question leaves this one open: it is asked again.
                    while (answer := (yield event)) is not None:
                        question_id = field(event, _QUESTION_ID)
                        if (decided := decision(answer, question_id)) is not None:
                            answers[question_id].set_result(decided)
                            break
                    if _refusal(event) is not None:
                        return
        except RuntimeError as error:
            # It says why it has failed by this or by its last event, as it happens.
            yield {"name": "agent.execution_complete", "item": {"error": str(error)}}
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CANCEL_SECONDS):
                    await runner.cancel()
            _close_cache(runner)

    return from_events(start, TABLE, described_by(make_runner))


def _made(make_runner: Callable[[], Any]) -> Any:
    """What the function makes, in a thread that is none of a loop's: making a tool patches the
    thread's loop, which fails for that of uvloop, and would leave one open that it makes itself.
    """
    with closing(asyncio.SelectorEventLoop()) as loop:
        asyncio.set_event_loop(loop)
        return make_runner()


def _close_cache(runner: Any) -> None:
    """Closes the files of the planner's cache, which would stay open until they are collected as
    garbage; where other Runners share it, they open them again."""
    cache = field(runner, "agent.planner.cache")
    if cache is not None:
        cache.close()


def _ask_the_client(runner: Any, answers: defaultdict[str, asyncio.Future[Decision]]) -> None:
    """Makes the Runner wait for the client's answers; what it shares with others stays as it is."""
    permissions = import_module("adalflow.apps.permission_manager")

    async def outcome(asked: Any) -> Any:
        return permissions.ApprovalOutcome(_outcome(await answers[asked.id]))

    if runner.permission_manager is None:
        runner.set_permission_manager(permissions.PermissionManager())
    manager = runner.permission_manager = copy(runner.permission_manager)
    manager.approval_callback = outcome
    manager.always_allowed_tools = set(manager.always_allowed_tools)
    manager.pending_approvals = {}


def _outcome(decided: Decision) -> str:
    if not decided.is_yes:
        return "cancel"
    return "proceed_always" if decided.is_always else "proceed_once"


def _prompt(request: RunRequest) -> dict[str, str]:
    return {"input_str": new_text(request), "chat_history_str": transcript(request)}


def _name(event: Any) -> Any:
    """What an event is called: what the model's server sends has its name a level deeper."""
    return field(event, "name") or field(event, "data.type") or field(event, "type")


def _refusal(event: Any) -> RunFinished | None:
    """The end, if the event says that the model's server has failed.

    The framework would try it again in each of its steps.
    """
    error = field(event, "error")
    end = failure_said(error) if error is not None else None
    return None if end is None or end.reason == "agent-error" else end


def _planned(_: Any, event: Any) -> Iterator[RunFinished]:
    end = _refusal(event)
    if end is not None:
        yield end


def _call(call_id: str, function: str) -> Rule[set[str]]:
    """The call that the function at the path stands for, unless it is known already."""
    thought = emits(ReasoningDelta, text=lambda event: field(event, f"{function}.thought") or None)
    call = emits(ToolCall, call_id=call_id, name=f"{function}.name", arguments=f"{function}.kwargs")

    def translate(known: set[str], event: Any) -> Iterator[AgentEvent]:
        found = field(event, call_id)
        if found not in known:
            known.add(found)
            yield from thought.translate(known, event)
            yield from call.translate(known, event)

    return does(translate, ReasoningDelta, ToolCall)


def _question(event: Any) -> str:
    arguments = readable(field(event, "item.data.tool.kwargs"))
    question = question_about(field(event, "item.data.tool_name"), arguments)
    details = text_at(event, "item.data.confirmation_details")
    return f"{question}\n{details}" if details else question


def _output(event: Any) -> Any:
    output = field(event, "item.data.output")
    if class_name(output) != "ToolOutput":
        return output
    return field(output, "output") if field(output, "status") == "success" else None


def _error(event: Any) -> Any:
    output = field(event, "item.data.output")
    if class_name(output) == "ToolOutput" and field(output, "status") != "success":
        return field(output, "observation") or field(output, "output", "The tool has failed.")
    return field(event, "item.error") or field(event, "item.data.error")


def _is_denied(event: Any) -> bool:
    output = field(event, "item.data.output")
    return class_name(output) == "ToolOutput" and field(output, "status") == "cancelled"


_ANSWER = emits(RunFinished, text="item.data.answer")


def _end(run: Any, event: Any) -> Iterator[AgentEvent]:
    result, answer = field(event, "item.data"), field(event, "item.data.answer")
    error = field(event, "item.error") or field(event, "item.data.error")
    if isinstance(answer, str) and _NO_OUTPUT.fullmatch(answer):
        end = failure_said(error)
        # An error that was none of the model's server's did not keep it from going on.
        yield failed("max-steps", end.error) if end.reason == "agent-error" else end
    elif error is not None or result is None:
        yield failure_said(error)
    else:
        yield from _ANSWER.translate(run, event)


_USAGE = emits(
    Usage,
    input_tokens="data.response.usage.input_tokens",
    output_tokens="data.response.usage.output_tokens",
    cached_input_tokens="data.response.usage.input_tokens_details.cached_tokens",
    reasoning_tokens="data.response.usage.output_tokens_details.reasoning_tokens",
    model="data.response.model",
)

TABLE: EventTable[set[str]] = EventTable(
    "adalflow",
    {
        "response.created": emits(RunStarted, model="data.response.model"),
        "response.reasoning_summary_text.delta": emits(ReasoningDelta, text="data.delta"),
        "response.completed": _USAGE,
        "response.incomplete": _USAGE,
        **dict.fromkeys(
            (
                "response.in_progress",
                "response.output_item.added",
                "response.output_item.done",
                "response.content_part.added",
                "response.content_part.done",
                "response.output_text.delta",
                "response.output_text.done",
                "response.reasoning_summary_part.added",
                "response.reasoning_summary_part.done",
                "response.reasoning_summary_text.done",
            ),
            IGNORED,
        ),
        "raw_response_event": does(_planned, RunFinished),
        "agent.tool_permission_request": all_of(
            _call(_QUESTION_ID, "item.data.tool"),
            emits(
                InputRequired,
                prompt=_question,
                kind=InputKind.APPROVAL,
                options=("approve", "always", "deny"),
                call_id=_QUESTION_ID,
                name="item.data.tool_name",
                arguments="item.data.tool.kwargs",
                request_id=_QUESTION_ID,
            ),
        ),
        "agent.tool_call_start": _call("item.id", "item.data"),
        "agent.tool_call_activity": emits(
            ToolProgress, call_id="item.id", data=lambda event: field(event, "item.data", "")
        ),
        "agent.tool_call_complete": all_of(
            _call("item.id", "item.data.input"),
            emits(
                ToolResult,
                call_id="item.id",
                name="item.data.name",
                output=_output,
                error=_error,
                denied=_is_denied,
            ),
        ),
        "agent.step_complete": emits(StepFinished, step="item.data.step"),
        "agent.final_output": does(_end, RunFinished),
        "agent.execution_complete": does(_end, RunFinished),
        "runner.cancel_received": IGNORED,
        "runner.cancelled": emits(RunFinished, state=TaskState.CANCELED),
    },
    name=_name,
    new_run=set,
    asks=True,
)
