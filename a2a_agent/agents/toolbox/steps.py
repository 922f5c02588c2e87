"""What a message asks for, as values: calls to make, questions to ask, things to say.

They survive between two messages as JSON, in the `resume` of an `InputRequired`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from a2a_agent.domain.model import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to run."""

    tool: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A detail that is missing: with the answer between `before` and `after`, the request is whole.

    `missing` names the detail for clients that answer with data.
    """

    prompt: str
    missing: str
    before: str
    after: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say without any tool."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """A call that was made: its output, or a sentence on why there is none."""

    tool: str
    arguments: JsonObject
    output: JsonValue = None
    error: str | None = None


Step: TypeAlias = Call | Question | Note
Steps: TypeAlias = tuple[Step, ...]
AnyStep: TypeAlias = Step | Done
Progress: TypeAlias = tuple[AnyStep, ...]


def first_question(steps: Sequence[AnyStep]) -> Question | None:
    """The question to be asked next."""
    return next((step for step in steps if isinstance(step, Question)), None)


_KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {kind.__name__: kind for kind in (Call, Question, Note, Done)}
)


def steps_to_json(steps: Sequence[AnyStep]) -> list[JsonValue]:
    """The steps as JSON."""
    return [cast(JsonValue, {"step": type(step).__name__, **asdict(step)}) for step in steps]


def steps_from_json(data: JsonValue) -> Progress:
    """The steps that `steps_to_json` wrote. Raises ValueError for anything else."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise ValueError("steps are a list")
    return tuple(_step(item) for item in data)


def _step(data: JsonValue) -> Any:
    try:
        fields = dict(cast(Mapping[str, Any], data))
        if "options" in fields:
            fields["options"] = tuple(fields["options"])
        return _KINDS[fields.pop("step")](**fields)
    except (KeyError, TypeError, ValueError) as failure:
        raise ValueError(f"{data!r} is no step") from failure
