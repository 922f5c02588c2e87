"""What becomes of an agent's events: the rules of docs/events.md as one pure object per run.

A `Mapper` feeds agent events in and task events out. It holds what the rules need to remember
(which text is open, what was used); `lifecycle` judges every task event before it is passed on.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    Reply,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
    Usage,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import checked, checked_text
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    DataPart,
    FilePart,
    JsonObject,
    JsonValue,
    Message,
    Part,
    TaskState,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)

SENTENCES = {
    "agent-error": "The agent failed.",
    "agent-broke-the-protocol": "The agent sent something that A2A does not allow.",
    "ended-without-result": "The agent stopped without a result.",
    "run-timeout": "The agent took too long.",
    "idle-timeout": "The agent fell silent for too long.",
    "answer-timeout": "The agent's question was not answered in time.",
    "too-many-events": "The agent sent more than this server keeps of a task.",
    "server-restarted": "The server was restarted while the agent was at work.",
    "server-stopped": "The server was stopped while the agent was at work.",
    "store-unavailable": "The server could not keep what the agent sent.",
}
"""What a client reads when a task fails for one of our own reasons."""

_ANSWER_NAME = "response"


class Mapper:
    """One run's way from agent events to task events.

    `feed` adds to `out`, a list of events that have not left yet; so the closing mark of a text
    can still go on its last chunk while that chunk is in the list.
    """

    __slots__ = (
        "_artifact_count",
        "_has_begun",
        "_last_progress",
        "_message_id",
        "_model",
        "_progress_interval",
        "_starts_anew",
        "_text",
        "_usage",
        "has_ended",
        "may_reply",
        "progress",
    )

    def __init__(self, progress: Progress, *, progress_interval_seconds: float = 0.0) -> None:
        self.progress = progress
        self.has_ended = False
        """Whether the run has finished, asked or replied: nothing may come any more."""
        self.may_reply = progress.sequence == 1
        """Whether a `Reply` can still be answered as a Message: no task was shown so far."""
        self._progress_interval = progress_interval_seconds
        self._text: list[str] | None = None
        """The pieces of the answer that is open, None while there is none."""
        self._starts_anew = False
        self._has_begun = False
        self._message_id: str | None = None
        self._usage: dict[str, int] = {}
        self._model: str | None = None
        if isinstance(progress.usage, Mapping):
            self._go_on_counting(progress.usage)
        self._last_progress: dict[str, float] = {}
        self._artifact_count = len(progress.artifacts)

    def feed(self, event: AgentEvent | str, out: list[TaskEvent], now: float) -> None:
        """Adds what the event becomes to `out`; `now` is in seconds on any steady clock.

        Raises IllegalEvent for an event that may not come here, TypeError for what is none.
        """
        if self.has_ended:
            raise IllegalEvent(f"{type(event).__name__} after the end of the run")
        if isinstance(event, str):
            self._add_text(event, None, out)
        elif isinstance(event, TextDelta):
            self._add_text(event.text, event.message_id, out)
        else:
            self._feed_rarer(event, out, now)

    def finish(self, out: list[TaskEvent], end: RunFinished | None = None) -> None:
        """Ends the run: as told, or completed, which is what a generator means that returns."""
        if not self.has_ended:
            self._finish(end or RunFinished(), out)

    def fail(self, reason: str, out: list[TaskEvent]) -> None:
        """Ends the run as failed for one of the reasons in `SENTENCES`; text so far stays."""
        self._finish(RunFinished(state=TaskState.FAILED, reason=reason), out)

    def ask(self, question: InputRequired, out: list[TaskEvent]) -> None:
        """Interrupts the task with a question, of a run that ends or of one that waits."""
        is_auth = question.kind is InputKind.AUTH
        asked: dict[str, JsonValue] = {
            "requestId": question.request_id or f"request-{self.progress.sequence + 1}",
            "kind": question.kind.value,
            "callId": question.call_id,
            "name": question.name,
            "arguments": question.arguments,
            "options": list(question.options) or None,
            "schema": question.schema,
        }
        where = "InputRequired"
        prompt = checked_text(question.prompt, f"{where}.prompt")
        data = checked(_without_nones(asked), where)
        resume = checked(question.resume, f"{where}.resume")
        self._work(out)
        self._close_artifacts(out)
        self._emit(
            StatusChanged(
                TaskState.AUTH_REQUIRED if is_auth else TaskState.INPUT_REQUIRED,
                (TextPart(prompt), DataPart(data)),
                self._usage_metadata(),
                resume,
            ),
            out,
        )

    def accept(self, message: Message, out: list[TaskEvent]) -> None:
        """Takes the client's answer to `ask`: the run goes on."""
        self._emit(MessageAccepted(message), out)

    def _feed_rarer(self, event: AgentEvent, out: list[TaskEvent], now: float) -> None:
        match event:
            case RunStarted():
                self._name_model(event.model)
                self._work(out)
            case ToolCall():
                said = {"callId": event.call_id, "name": event.name, "arguments": event.arguments}
                self._say(said, event, out)
            case ToolResult():
                self._say(_tool_result(event), event, out)
                self._starts_anew = True
            case ToolProgress():
                last = self._last_progress.get(event.call_id)
                if last is None or now - last >= self._progress_interval:
                    self._last_progress[event.call_id] = now
                    said = {"callId": event.call_id, "name": event.name, "data": event.data}
                    self._say(_without_nones(said), event, out)
            case StepStarted() | StepFinished() | ReasoningDelta() | ToolCallDelta() | Raw():
                note = _checked_object(_note(event), type(event).__name__)
                self._work(out)
                self._emit(Noted(note or {}), out)
            case Artifact():
                self._add_artifact(event, out)
            case InputRequired():
                self.ask(event, out)
                self.has_ended = True
            case Usage():
                self._add_usage(event)
            case RunFinished():
                self._finish(event, out)
            case Reply():
                self._reply(event, out)
            case _:
                # To the type checker, what is left is the text that `feed` has taken already.
                left: TextDelta = event
                raise TypeError(f"an agent yields events and text, not {type(left).__name__}")

    def _add_text(self, text: str, message_id: str | None, out: list[TaskEvent]) -> None:
        if not text:
            return
        text = checked_text(text, "TextDelta")
        opened = self._text
        if opened is None or self._starts_anew or message_id != self._message_id:
            if self.progress.state is not TaskState.WORKING:
                self._work(out)
            self._text = [text]
            self._starts_anew = False
            self._message_id = message_id
            chunk = ArtifactChunk(ANSWER_ARTIFACT_ID, (TextPart(text),), False, False, _ANSWER_NAME)
        else:
            opened.append(text)
            chunk = ArtifactChunk(ANSWER_ARTIFACT_ID, (TextPart(text),), True)
        self._emit(chunk, out)

    def _finish(self, end: RunFinished, out: list[TaskEvent]) -> None:
        text = _checked_optional(end.text, "RunFinished.text")
        if text is not None and text != "".join(self._text or ()):
            self._work(out)
            chunk = ArtifactChunk(ANSWER_ARTIFACT_ID, (TextPart(text),), False, True, _ANSWER_NAME)
            self._emit(chunk, out)
        self._close_artifacts(out)
        message = end.message
        if message is None and end.state is TaskState.FAILED:
            message = SENTENCES.get(end.reason or "", SENTENCES["agent-error"])
        parts: tuple[Part, ...] = ()
        if message:
            parts = (TextPart(checked_text(message, "RunFinished.message")),)
        if end.reason:
            parts = (*parts, DataPart({"reason": checked_text(end.reason, "RunFinished.reason")}))
        self._emit(StatusChanged(end.state, parts, self._usage_metadata()), out)
        self.has_ended = True

    def _reply(self, reply: Reply, out: list[TaskEvent]) -> None:
        parts = _checked_parts(reply.parts, "a reply")
        metadata = _checked_object(reply.metadata, "a reply's metadata")
        if self.may_reply:
            self._emit(Replied(parts, metadata), out)
            self.has_ended = True
            return
        if self._has_begun:
            raise IllegalEvent("a reply must be the first and only event")
        # Its client has been shown a task already: the reply becomes that task's answer.
        self._work(out)
        chunk = ArtifactChunk(
            ANSWER_ARTIFACT_ID, parts, False, True, _ANSWER_NAME, metadata=metadata
        )
        self._emit(chunk, out)
        self._finish(RunFinished(), out)

    def _add_artifact(self, event: Artifact, out: list[TaskEvent]) -> None:
        self._work(out)
        artifact_id = event.artifact_id or self._new_artifact_id()
        artifact_id = checked_text(artifact_id, "Artifact.artifact_id")
        where = f"artifact {artifact_id!r}"
        if artifact_id == ANSWER_ARTIFACT_ID:
            self._text = None
        self._emit(
            ArtifactChunk(
                artifact_id,
                _checked_parts(event.parts, where),
                bool(event.append),
                bool(event.is_last),
                _checked_optional(event.name, where),
                _checked_optional(event.description, where),
                _checked_object(event.metadata, where),
            ),
            out,
        )

    def _new_artifact_id(self) -> str:
        while True:
            self._artifact_count += 1
            artifact_id = f"artifact-{self._artifact_count}"
            if artifact_id not in self.progress.artifacts:
                return artifact_id

    def _say(
        self,
        data: Mapping[str, JsonValue],
        event: ToolCall | ToolResult | ToolProgress,
        out: list[TaskEvent],
    ) -> None:
        """A tool's news: a `working` status whose message is one data part."""
        place = _without_nones({"step": event.step, "scope": event.scope})
        said = checked({**data, **place}, type(event).__name__)
        self._work(out)
        self._emit(StatusChanged(TaskState.WORKING, (DataPart(said),)), out)

    def _work(self, out: list[TaskEvent]) -> None:
        if self.progress.state is TaskState.SUBMITTED:
            self._emit(StatusChanged(TaskState.WORKING), out)

    def _close_artifacts(self, out: list[TaskEvent]) -> None:
        """Closes what is open: on the last chunk itself if it is still here, else by a new one."""
        for artifact_id in self.progress.open_artifacts:
            last = out[-1] if out else None
            if isinstance(last, ArtifactChunk) and last.artifact_id == artifact_id:
                out[-1] = last.closed()
                self.progress.close(artifact_id)
            else:
                self._emit(ArtifactChunk(artifact_id, (TextPart(""),), True, True), out)
        self._text = None

    def _add_usage(self, usage: Usage) -> None:
        self._name_model(usage.model)
        for field, name in _USAGE_NAMES.items():
            if tokens := getattr(usage, field):
                if not isinstance(tokens, int):
                    raise IllegalEvent(
                        f"Usage.{field} is a {type(tokens).__name__}, no whole number"
                    )
                total = self._usage.get(name, 0) + tokens
                checked(total, f"Usage.{field}")
                self._usage[name] = total

    def _go_on_counting(self, used: JsonObject) -> None:
        """What earlier runs on the task have used counts as well."""
        for name in _USAGE_NAMES.values():
            if isinstance(tokens := used.get(name), int):
                self._usage[name] = tokens
        if isinstance(model := used.get("model"), str):
            self._model = model

    def _name_model(self, model: str | None) -> None:
        if model:
            self._model = checked_text(model, "model")

    def _usage_metadata(self) -> dict[str, JsonValue] | None:
        if not self._usage:
            return None
        model: dict[str, JsonValue] = {"model": self._model} if self._model else {}
        return {"usage": {**self._usage, **model}}

    def _emit(self, event: TaskEvent, out: list[TaskEvent]) -> None:
        self.progress.advance(event)
        self._has_begun = True
        self.may_reply = False
        out.append(event)


_USAGE_NAMES = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cached_input_tokens": "cachedInputTokens",
    "reasoning_tokens": "reasoningTokens",
}


def _tool_result(event: ToolResult) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {"callId": event.call_id, "name": event.name}
    if event.error is None and not event.denied:
        return {**said, "output": event.output}
    error = "denied" if event.error is None else event.error
    return {**said, "error": error, "denied": event.denied}


def _note(
    event: StepStarted | StepFinished | ReasoningDelta | ToolCallDelta | Raw,
) -> dict[str, JsonValue]:
    said: dict[str, JsonValue]
    match event:
        case ReasoningDelta():
            said = {"kind": "reasoning", "text": event.text}
        case ToolCallDelta():
            said = {
                "kind": "toolCallDelta",
                "callId": event.call_id,
                "name": event.name,
                "arguments": event.arguments,
            }
        case StepStarted():
            said = {"kind": "stepStarted", "name": event.name}
        case StepFinished():
            said = {"kind": "stepFinished", "name": event.name}
        case Raw():
            return {"kind": "raw", "source": event.source, "data": event.data}
        case _:
            assert_never(event)
    return _without_nones({**said, "step": event.step, "scope": event.scope})


def _checked_parts(parts: Sequence[Part], where: str) -> tuple[Part, ...]:
    """The parts as JSON can carry them. Raises IllegalEvent where it cannot, or there are none."""
    if not parts:
        raise IllegalEvent(f"{where} has no parts")
    return tuple(_checked_part(part, where) for part in parts)


def _checked_part(part: Part, where: str) -> Part:
    if not isinstance(part, TextPart | DataPart | FilePart):
        raise IllegalEvent(f"{where} holds a {type(part).__name__}, which is no part")
    media_type = _checked_optional(part.media_type, where)
    filename = _checked_optional(part.filename, where)
    metadata = _checked_object(part.metadata, where)
    if isinstance(part, TextPart):
        return TextPart(checked_text(part.text, where), media_type, filename, metadata)
    if isinstance(part, DataPart):
        return DataPart(checked(part.data, where), media_type, filename, metadata)
    if part.raw is not None and not isinstance(part.raw, bytes):
        raise IllegalEvent(f"{where} holds a file whose raw is a {type(part.raw).__name__}")
    return FilePart(
        raw=part.raw,
        url=_checked_optional(part.url, where),
        media_type=media_type,
        filename=filename,
        metadata=metadata,
    )


def _checked_optional(value: str | None, where: str) -> str | None:
    return None if value is None else checked_text(value, where)


def _checked_object(value: JsonObject | None, where: str) -> dict[str, JsonValue] | None:
    if value is None:
        return None
    found = checked(value, where)
    if not isinstance(found, dict):
        raise IllegalEvent(f"{where} is a {type(value).__name__} where an object is needed")
    return found


def _without_nones(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in values.items() if value is not None}
