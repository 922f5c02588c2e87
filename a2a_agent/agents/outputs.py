"""What tools give, as JSON for models and clients, and as artifacts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from a2a_agent.domain.agent_events import Artifact
from a2a_agent.domain.json_values import checked
from a2a_agent.domain.model import FilePart, JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Output:
    """What a call gave: a value for the model, and files or other output for the client."""

    value: JsonValue
    artifacts: tuple[Artifact, ...] = ()


def text_of(value: JsonValue) -> str:
    """The value as a model reads it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def json_of(value: object, *, fallback: Callable[[Any], Any] | None = str) -> JsonValue:
    """The value as JSON, as well as it can be; `fallback` makes something of what is no data.

    Raises IllegalEvent, or without a fallback ValueError, where it cannot.
    """
    return checked(to_jsonable_python(value, inf_nan_mode="null", fallback=fallback), "an output")


def output_of(result: object) -> Output:
    """What a tool gave, files and artifacts apart. Raises IllegalEvent for what is no JSON."""
    if isinstance(result, FilePart | Artifact):
        artifact = _artifact(result)
        return Output(_described(artifact), (artifact,))
    if isinstance(result, list | tuple) and any(
        isinstance(item, FilePart | Artifact) for item in result
    ):
        outputs = [output_of(item) for item in result]
        artifacts = [artifact for output in outputs for artifact in output.artifacts]
        return Output([output.value for output in outputs], tuple(artifacts))
    return Output(json_of(result))


def _artifact(given: FilePart | Artifact) -> Artifact:
    return given if isinstance(given, Artifact) else Artifact(parts=(given,), name=given.filename)


def _described(artifact: Artifact) -> JsonObject:
    """What the model is told of output that goes to the client."""
    files = [part for part in artifact.parts if isinstance(part, FilePart)]
    said: dict[str, JsonValue] = {
        "artifact": artifact.name or artifact.artifact_id,
        "mediaTypes": [part.media_type for part in files if part.media_type] or None,
        "delivered": True,
    }
    return {name: value for name, value in said.items() if value is not None}
