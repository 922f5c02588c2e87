"""What a message means where it comes: a new request, tool calls as data, or an answer.

Pure: request and date in, steps out.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from a2a_agent.agents.toolbox.planner import is_cancellation, plan, plan_answer
from a2a_agent.agents.toolbox.steps import (
    Call,
    Note,
    Progress,
    Question,
    first_question,
    steps_from_json,
)
from a2a_agent.domain.model import DataPart, FilePart, JsonObject, JsonValue
from a2a_agent.runtime.agent import RunRequest

_GIVEN_UP = Note("All right, I leave it at that.")
_DATA_FORM = Note('As data I take tool calls: {"tool": name, "arguments": {…}}.')


def steps_of(request: RunRequest, today: date) -> Progress:
    """All steps of the task, those of earlier runs included, in the order of the requests."""
    data = [part.data for part in request.message.parts if isinstance(part, DataPart)]
    calls = tuple(_call(item) for item in data if _is_call(item))
    pending = _pending(request.resume)
    question = first_question(pending)
    if question and not calls:
        return _answered(pending, question, _answer(request, question, data), today)
    notes = (_DATA_FORM,) if len(calls) < len(data) else ()
    if request.text.strip() or not (calls or notes):
        return (*calls, *plan(request.text, today, _attached_text(request)), *notes)
    return (*calls, *notes)


def _answered(pending: Progress, question: Question, answer: str, today: date) -> Progress:
    if is_cancellation(answer):
        kept = tuple(step for step in pending if not isinstance(step, Question))
        return (*kept, _GIVEN_UP)
    place = pending.index(question)
    return (*pending[:place], *plan_answer(question, answer, today), *pending[place + 1 :])


def _answer(request: RunRequest, question: Question, data: list[JsonValue]) -> str:
    """The answer as text, however it was given: in words, as data, as a file."""
    if request.text.strip():
        return request.text
    for item in data:
        value = _named(item, question.missing)
        if isinstance(value, str | int | float):
            return str(value)
    return _attached_text(request) or ""


def _named(item: JsonValue, missing: str) -> JsonValue:
    if not isinstance(item, Mapping):
        return item
    names = (name for name in (missing, "answer", "value") if name in item)
    return item.get(next(names, ""))


def _is_call(item: JsonValue) -> bool:
    return (
        isinstance(item, Mapping)
        and isinstance(item.get("tool"), str)
        and isinstance(item.get("arguments", {}), Mapping)
    )


def _call(item: JsonValue) -> Call:
    fields = cast(JsonObject, item)
    return Call(str(fields["tool"]), cast(JsonObject, fields.get("arguments", {})))


def _attached_text(request: RunRequest) -> str | None:
    for part in request.message.parts:
        if isinstance(part, FilePart) and part.raw and (part.media_type or "").startswith("text/"):
            return part.raw.decode("utf-8", errors="replace")
    return None


def _pending(resume: JsonValue) -> Progress:
    """The steps that a question left behind; none where the message opens the task."""
    try:
        return steps_from_json(resume.get("steps")) if isinstance(resume, Mapping) else ()
    except ValueError:
        return ()
