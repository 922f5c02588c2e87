"""What a graph of LangGraph asks by `interrupt`, and what it is handed for the client's answer.

The shape of what it asks with says what it wants:

    {"action_requests": [{"name", "args", …}, …], …}       an approval; the decisions of LangChain's
                                                            human-in-the-loop middleware
    [{"action_request": {"action", "args"}, …}, …]          an approval; a list of human responses
    anything, with a boolean as its response schema         an approval; True or False
    {"kind": "approval", …}                                 an approval; True or False
    anything else                                           a text; the data of the answer, else
                                                            its text
"""

from collections.abc import Mapping, Sequence
from typing import Any

from a2a_agent.agents.adapters.fields import field
from a2a_agent.agents.approvals import decision, question_about
from a2a_agent.agents.outputs import json_of, text_of
from a2a_agent.domain.agent_events import InputKind, InputRequired
from a2a_agent.domain.model import DataPart, JsonObject, JsonValue, Message

_PROMPTS = ("prompt", "question", "message", "query", "description", "text")
"""Under which names a graph says what it wants to know."""


class AboutAnotherQuestion(Exception):
    """The client's answer decides about another question than the one that is open."""


def question(interrupt: Any) -> InputRequired:
    """The question of an interrupt; `answer` reads what it leaves in `resume`."""
    value = json_of(field(interrupt, "value"))
    schema = _schema(interrupt)
    asked: JsonObject = {"id": str(field(interrupt, "id")), "value": value}
    if schema is not None:
        asked = {**asked, "response_schema": schema}
    is_approval = _is_approval(asked)
    actions = _actions(value)
    only = actions[0] if len(actions) == 1 else {}
    return InputRequired(
        prompt=_prompt(value, actions),
        kind=InputKind.APPROVAL if is_approval else InputKind.TEXT,
        options=("approve", "deny") if is_approval else _options(value),
        schema=None if is_approval else schema,
        name=field(only, "name") or field(only, "action"),
        arguments=field(only, "args") if only else None if isinstance(value, str) else value,
        request_id=str(asked["id"]),
        resume={"interrupt": asked},
    )


def answer(asked: Mapping[str, Any], given: Message) -> Any:
    """What `interrupt` is to return. Raises AboutAnotherQuestion."""
    if not _is_approval(asked):
        data = [part.data for part in given.parts if isinstance(part, DataPart)]
        return data[0] if len(data) == 1 else given.text
    decided = decision(given, asked["id"])
    if decided is None:
        raise AboutAnotherQuestion
    is_allowed, words = decided.is_yes, decided.words
    value = asked["value"]
    if _listed(value, "action_requests"):
        rejected = {"type": "reject", "message": words} if words else {"type": "reject"}
        return {
            "decisions": [{"type": "approve"} if is_allowed else rejected] * len(_actions(value))
        }
    if _actions(value):
        refused = {"type": "response", "args": words} if words else {"type": "ignore", "args": None}
        return [{"type": "accept", "args": None} if is_allowed else refused] * len(_actions(value))
    return is_allowed


def _is_approval(asked: Mapping[str, Any]) -> bool:
    return (
        bool(_actions(asked["value"]))
        or field(asked, "response_schema.type") == "boolean"
        or field(asked, "value.kind") == InputKind.APPROVAL
    )


def _actions(value: JsonValue) -> list[Any]:
    """The actions that the client is to allow."""
    if requests := _listed(value, "action_requests"):
        return list(requests)
    if isinstance(value, list):
        actions = [field(request, "action_request") for request in value]
        return actions if all(isinstance(action, Mapping) for action in actions) else []
    return []


def _listed(value: JsonValue, name: str) -> Sequence[Any]:
    found = field(value, name)
    return found if isinstance(found, list) else ()


def _prompt(value: JsonValue, actions: Sequence[Any]) -> str:
    if actions:
        return "\n".join(map(_about, actions))
    if isinstance(value, Mapping):
        said = (value.get(name) for name in _PROMPTS)
        return next((text for text in said if isinstance(text, str) and text), text_of(value))
    return text_of(value)


def _about(action: Any) -> str:
    name = field(action, "name") or field(action, "action", "it")
    return question_about(name, field(action, "args", {}))


def _options(value: JsonValue) -> tuple[str, ...]:
    given = _listed(value, "options") or _listed(value, "choices")
    return tuple(option for option in given if isinstance(option, str))


def _schema(interrupt: Any) -> JsonObject | None:
    schema = json_of(field(interrupt, "response_schema"))
    return schema if isinstance(schema, dict) else None
