"""What an agent may yield: the one vocabulary that every framework is translated to.

`mapping` says what becomes of each event; docs/agents.md shows the frames. Every event may carry
`step` (which turn of a reasoning loop it belongs to) and `scope` (which sub-agent or branch).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from a2a_agent.domain.model import JsonObject, JsonValue, Part, TaskState, TextPart


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """Work has begun."""

    model: str | None = None
    agent: str | None = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A turn of a reasoning loop begins."""

    step: int
    name: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A turn of a reasoning loop is over."""

    step: int
    name: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer. Yielding a plain `str` is the same."""

    text: str
    message_id: str | None = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of thinking: never part of the answer."""

    text: str
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallDelta:
    """Arguments of a call while they are being written; `arguments` is the text so far."""

    call_id: str
    arguments: str
    name: str | None = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool is about to run."""

    call_id: str
    name: str
    arguments: JsonValue = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolProgress:
    """News from a running tool."""

    call_id: str
    data: JsonValue
    name: str | None = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """A tool has run: `output`, or `error` with a sentence that the client may read."""

    call_id: str
    name: str
    output: JsonValue = None
    error: str | None = None
    denied: bool = False
    step: int | None = None
    scope: str | None = None


class InputKind(StrEnum):
    """What is asked of the client."""

    TEXT = "text"
    APPROVAL = "approval"
    AUTH = "auth"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRequired:
    """The client must answer before the work goes on.

    Yielded, it ends the run; the client's answer starts a new one, which gets `resume` back
    (any JSON; kept in the log, never sent). Passed to `RunRequest.ask`, the run waits for the
    answer instead.
    """

    prompt: str
    kind: InputKind = InputKind.TEXT
    options: Sequence[str] = ()
    schema: JsonObject | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: JsonValue = None
    request_id: str | None = None
    resume: JsonValue = None
    step: int | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        # The word of a kind will do: `kind="auth"`.
        object.__setattr__(self, "kind", InputKind(self.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file, data or other output under an id of its own (made when absent).

    One event is a whole artifact unless told otherwise: a first chunk says `last=False`, the
    following ones `append=True`, the last of them `last=True`.
    """

    parts: Sequence[Part]
    artifact_id: str | None = None
    name: str | None = None
    description: str | None = None
    append: bool = False
    last: bool | None = None
    metadata: JsonObject | None = None
    step: int | None = None
    scope: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether the artifact is closed by this event: by default only if it is whole."""
        return not self.append if self.last is None else self.last


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer by Message, without a task. Only as the first and only event of a run."""

    parts: Sequence[Part]
    metadata: JsonObject | None = None

    @classmethod
    def of_text(cls, text: str) -> "Reply":
        """A reply of one text part."""
        return cls((TextPart(text),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a model call cost. May come several times; the task's end carries the sums."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    model: str | None = None
    step: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The end of a run, once and last; a generator that just returns has completed.

    `text` is the whole answer, needed only where it differs from what was streamed. `message` is
    a sentence for the client that goes with the final status; `reason` a stable word for
    programs. `error` goes to the server's log and never to a client.
    """

    state: TaskState = TaskState.COMPLETED
    text: str | None = None
    message: str | None = None
    error: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        # The word of a state will do: `state="failed"`.
        object.__setattr__(self, "state", TaskState(self.state))
        if not self.state.is_terminal:
            raise ValueError(
                f"a run finishes completed, failed, canceled or rejected, not {self.state.value}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The framework's own event, for streams in mode `all`."""

    source: str
    data: JsonValue = field(default=None)


AgentEvent: TypeAlias = (
    RunStarted
    | StepStarted
    | StepFinished
    | TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | ToolCall
    | ToolProgress
    | ToolResult
    | InputRequired
    | Artifact
    | Reply
    | Usage
    | RunFinished
    | Raw
)
