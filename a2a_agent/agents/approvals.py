"""Asking the client whether a tool may be used, and reading what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.agent_events import InputKind, InputRequired
from a2a_agent.domain.model import DataPart, JsonValue, Message

_ALWAYS = frozenset({"always", "always allow", "always approve"})
_YES = _ALWAYS | {"yes", "y", "ok", "okay", "true", "approve", "approved", "allow", "allowed"}
_NO = frozenset({"no", "n", "deny", "denied", "reject", "rejected"})
_MOST_SHOWN = 500
"""Characters of a call's arguments in the question about it; its data has all of them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the client says to the question whether a call may be made."""

    is_yes: bool
    is_always: bool
    """Whether the yes is meant for later calls of the tool, too."""
    words: str
    """The client's own, where they say more than no."""


def approval(
    *,
    call_id: str,
    name: str,
    arguments: JsonValue,
    request_id: str,
    resume: JsonValue,
    step: int | None = None,
    scope: str | None = None,
) -> InputRequired:
    """The question whether the call may be made."""
    return InputRequired(
        prompt=question_about(name, arguments),
        kind=InputKind.APPROVAL,
        options=("approve", "deny"),
        call_id=call_id,
        name=name,
        arguments=arguments,
        request_id=request_id,
        resume=resume,
        step=step,
        scope=scope,
    )


def question_about(name: str, arguments: JsonValue) -> str:
    """The question as a sentence, its arguments cut where they are long."""
    return f"May I use {name} with {shown(arguments)}?"


def shown(arguments: JsonValue) -> str:
    """The arguments of a call as text, cut where that is long."""
    return text_of(arguments)[:_MOST_SHOWN]


def decision(answer: Message, request_id: str | None) -> Decision | None:
    """What the answer says to the question of this id; None for a decision about another one.

    Without an id, any is about it. Whatever is no clear yes is a no.
    """
    said: list[str] = []
    for part in answer.parts:
        if (
            isinstance(part, DataPart)
            and isinstance(part.data, Mapping)
            and "decision" in part.data
        ):
            if request_id is not None and part.data.get("requestId", request_id) != request_id:
                return None
            said.append(str(part.data["decision"]))
    words = answer.text.strip()
    if words:
        said.append(words.strip(".!"))
    verdicts = [word.strip().lower() for word in said]
    is_yes = bool(verdicts) and all(verdict in _YES for verdict in verdicts)
    return Decision(
        is_yes=is_yes,
        is_always=is_yes and any(verdict in _ALWAYS for verdict in verdicts),
        words="" if words.strip(".!").lower() in _NO else words,
    )


def denial(words: str) -> str:
    """What is said of a call that the client does not allow, with its own words, if any."""
    return f"denied: {words}" if words else "denied"
