"""The embedded agent: understands plain requests for its tools, and needs no model.

Each run plans, calls the tools, and answers once all of them are done; a question ends the run and
leaves the steps so far with it, so that the answer's run goes on from there.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import assert_never

from a2a_agent.agents.pieces import in_pieces
from a2a_agent.agents.toolbox import answers
from a2a_agent.agents.toolbox.conversation import steps_of
from a2a_agent.agents.toolbox.planner import explanation
from a2a_agent.agents.toolbox.steps import (
    AnyStep,
    Call,
    Done,
    Note,
    Question,
    first_question,
    steps_to_json,
)
from a2a_agent.agents.toolbox.tools import toolbox_tools, utc_now
from a2a_agent.agents.tools import ToolError
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolProgress,
    ToolResult,
)
from a2a_agent.domain.model import DataPart, JsonObject, JsonValue
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, Skill

_SKILLS = (
    Skill(
        id="arithmetic",
        name="Arithmetic",
        description="Calculates: basic arithmetic, powers, roots, percentages, functions.",
        tags=("calculator", "math"),
        examples=("What is 15 * 7 + 23?", "15% of 80", "square root of 2"),
    ),
    Skill(
        id="units",
        name="Units",
        description="Converts units of length, mass, volume, temperature, speed, data and more.",
        tags=("units", "conversion"),
        examples=("Convert 5 miles to km", "How many grams in 3 ounces?", "100 °F in Celsius"),
    ),
    Skill(
        id="time",
        name="World time",
        description="Tells the time in a city and converts times between places.",
        tags=("time", "time zones"),
        examples=(
            "What time is it in Tokyo?",
            "What time is it in Tokyo when it is 9:00 in Berlin?",
        ),
    ),
    Skill(
        id="dates",
        name="Dates",
        description="Counts days between dates, adds to dates, knows weekdays.",
        tags=("dates", "calendar"),
        examples=(
            "How many days until 24 December?",
            "What weekday is 2026-12-24?",
            "What date is 30 days from today?",
        ),
    ),
    Skill(
        id="text",
        name="Text statistics",
        description="Counts words, characters, sentences and lines.",
        tags=("text", "counting"),
        examples=("Count the words in “the quick brown fox”",),
    ),
)
_DESCRIPTION = AgentDescription(
    name="toolbox",
    description=(
        "Calculates, converts units, tells the time around the world, counts days and words."
        " Takes several requests in a message, asks back when one is incomplete, and takes tool"
        ' calls as data: {"tool": name, "arguments": {…}}.'
    ),
    skills=_SKILLS,
)


class ToolboxAgent:
    """Answers with the help of its tools."""

    description = _DESCRIPTION

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._tools = {tool.name: tool for tool in toolbox_tools(clock)}

    async def run(self, request: RunRequest, /) -> Events:
        """Plans, makes the calls one after the other, then answers and perhaps asks."""
        yield RunStarted(agent="toolbox")
        yield StepStarted(step=1, name="plan")
        # Reading a long message takes a while: not on the event loop.
        today = self._clock().astimezone(UTC).date()
        steps = list(await asyncio.to_thread(steps_of, request, today))
        yield ReasoningDelta(explanation(steps), step=1)
        yield StepFinished(step=1, name="plan")
        turn = 1
        for place, step in enumerate(steps):
            if isinstance(step, Call):
                turn += 1
                call_id = f"{request.message.message_id}-{turn - 1}"
                for event in _begun(step, turn, call_id):
                    yield event
                done = await self._done(step)
                steps[place] = done
                for event in _finished(done, turn, call_id):
                    yield event
        for event in self._answer(steps, _wants_json(request.accepted_output_modes)):
            yield event
        yield _end(steps)

    async def _done(self, call: Call) -> Done:
        try:
            tool = self._tools.get(call.tool)
            if tool is None:
                names = ", ".join(self._tools)
                raise ToolError(f"There is no tool “{call.tool[:40]}”; the tools are {names}.")
            return Done(call.tool, call.arguments, output=await tool.call(call.arguments))
        except ToolError as failure:
            return Done(call.tool, call.arguments, error=str(failure))

    def _answer(self, steps: Sequence[AnyStep], as_json: bool) -> Iterator[AgentEvent]:
        if as_json:
            yield from _results(steps)
            return
        lines = [line for step in steps if (line := self._line(step))]
        for piece in in_pieces("\n".join(lines)):
            yield TextDelta(piece)

    def _line(self, step: AnyStep) -> str | None:
        match step:
            case Note():
                return step.text
            case Done() if step.error is not None:
                return answers.failure(step.tool, step.arguments, step.error)
            case Done():
                return self._tools[step.tool].text(step.arguments, step.output)
            case Question() | Call():
                return None
            case _:
                assert_never(step)


def _begun(call: Call, turn: int, call_id: str) -> Iterator[AgentEvent]:
    yield StepStarted(step=turn, name=call.tool)
    yield ToolCall(call_id=call_id, name=call.tool, arguments=call.arguments, step=turn)
    if call.tool == "convert_units":
        news = {"message": "Looking up the units."}
        yield ToolProgress(call_id=call_id, name=call.tool, data=news, step=turn)


def _finished(done: Done, turn: int, call_id: str) -> Iterator[AgentEvent]:
    yield ToolResult(
        call_id=call_id, name=done.tool, output=done.output, error=done.error, step=turn
    )
    yield StepFinished(step=turn, name=done.tool)


def _results(steps: Sequence[AnyStep]) -> Iterator[AgentEvent]:
    """The answer of clients that take nothing but JSON."""
    results = [_result(step) for step in steps if isinstance(step, Done)]
    notes = [step.text for step in steps if isinstance(step, Note)]
    if results or notes:
        part = DataPart({"results": results, "notes": [*notes]}, media_type="application/json")
        yield Artifact(artifact_id="results", name="results", parts=(part,))


def _result(done: Done) -> JsonValue:
    called: JsonObject = {"tool": done.tool, "arguments": done.arguments}
    ending = {"output": done.output} if done.error is None else {"error": done.error}
    return {**called, **ending}


def _end(steps: Sequence[AnyStep]) -> AgentEvent:
    question = first_question(steps)
    if question is None:
        return RunFinished()
    detail: JsonObject = {"type": "string"}
    if question.options:
        detail = {"type": "string", "examples": question.options}
    return InputRequired(
        prompt=question.prompt,
        options=question.options,
        schema={
            "type": "object",
            "properties": {question.missing: detail},
            "required": [question.missing],
        },
        resume={"steps": steps_to_json(steps)},
    )


def _wants_json(accepted_output_modes: Sequence[str]) -> bool:
    modes = {mode.partition(";")[0].strip().casefold() for mode in accepted_output_modes}
    return modes == {"application/json"}
