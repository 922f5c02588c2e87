"""How each protocol version says what a client needs.

Requests are written exactly. Replies are read with tolerance: what is left out and not needed is
not missed. A reply that cannot be read at all raises ProtocolError.
"""

from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, TypeVar, assert_never

from a2a_agent.cli.errors import ProtocolError, UsageError
from a2a_agent.cli.frames import ArtifactFrame, Frame, StatusFrame, TaskFrame
from a2a_agent.domain.model import Artifact, DataPart, FilePart, Message, Part, Role, TextPart
from a2a_agent.domain.views import STREAM_EXTENSION_URI

Json: TypeAlias = Any
"""JSON as it came."""

Value = TypeVar("Value")


class Operation(Enum):
    """What a client asks of an agent."""

    SEND = "send"
    STREAM = "stream"
    GET = "get"
    LIST = "list"
    CANCEL = "cancel"
    SUBSCRIBE = "subscribe"


class Dialect(ABC):
    """One protocol version as its clients speak it."""

    version: ClassVar[str]
    methods: ClassVar[Mapping[Operation, str]]
    send_configuration: ClassVar[Mapping[str, Json] | None]
    """Asks for the answer of a send to come when the task rests."""

    def message(self, message: Message) -> dict[str, Json]:
        """The client's message. Raises UsageError where this version cannot carry it."""
        return _present(
            messageId=message.message_id,
            parts=[self._write_part(part) for part in message.parts],
            taskId=message.task_id,
            contextId=message.context_id,
        )

    def frame(self, result: Json) -> Frame:
        """A frame of a stream, or the result of a send."""
        return _read(self._read_frame, result)

    def task(self, result: Json) -> TaskFrame:
        """The result of an operation that answers with a task."""
        return _read(self._read_task, result)

    def as_frame(self, task: Json) -> Json:
        """A task as a frame of a stream has it."""
        return task

    def tasks(self, result: Json) -> tuple[list[TaskFrame], str]:
        """A page of a listing, and the token of the next page."""
        return _read(self._read_tasks, result)

    @abstractmethod
    def state(self, state: str) -> str:
        """The version's word for a state."""

    @abstractmethod
    def _write_part(self, part: Part) -> dict[str, Json]: ...

    @abstractmethod
    def _read_frame(self, result: Json) -> Frame: ...

    @abstractmethod
    def _read_part(self, part: Json) -> Part: ...

    @abstractmethod
    def _read_state(self, state: str) -> str: ...

    def _read_task(self, task: Json) -> TaskFrame:
        status = task["status"]
        return TaskFrame(
            task_id=str(task["id"]),
            context_id=str(task.get("contextId", "")),
            state=self._read_state(status["state"]),
            message=self._read_status_message(status),
            timestamp=str(status.get("timestamp", "")),
            artifacts=tuple(map(self._read_artifact, task.get("artifacts") or ())),
            history=tuple(map(self._read_message, task.get("history") or ())),
        )

    def _read_tasks(self, page: Json) -> tuple[list[TaskFrame], str]:
        return list(map(self._read_task, page["tasks"])), str(page.get("nextPageToken") or "")

    def _read_status(self, update: Json) -> StatusFrame:
        status = update["status"]
        return StatusFrame(
            task_id=str(update["taskId"]),
            context_id=str(update.get("contextId", "")),
            state=self._read_state(status["state"]),
            message=self._read_status_message(status),
            note=(update.get("metadata") or {}).get(STREAM_EXTENSION_URI),
        )

    def _read_status_message(self, status: Json) -> Message | None:
        message = status.get("message")
        return self._read_message(message) if message else None

    def _read_chunk(self, update: Json) -> ArtifactFrame:
        return ArtifactFrame(
            task_id=str(update["taskId"]),
            context_id=str(update.get("contextId", "")),
            artifact=self._read_artifact(update["artifact"]),
            append=bool(update.get("append")),
        )

    def _read_artifact(self, artifact: Json) -> Artifact:
        return Artifact(
            artifact_id=str(artifact["artifactId"]),
            name=_text_or_none(artifact.get("name")),
            description=_text_or_none(artifact.get("description")),
            parts=tuple(map(self._read_part, artifact["parts"])),
        )

    def _read_message(self, message: Json) -> Message:
        is_user = message.get("role") in {"user", "ROLE_USER"}
        return Message(
            message_id=str(message.get("messageId", "")),
            role=Role.USER if is_user else Role.AGENT,
            parts=tuple(map(self._read_part, message["parts"])),
            context_id=_text_or_none(message.get("contextId")),
            task_id=_text_or_none(message.get("taskId")),
        )


class Dialect03(Dialect):
    """Version 0.3: every object says its `kind`."""

    version = "0.3"
    methods = MappingProxyType(
        {
            Operation.SEND: "message/send",
            Operation.STREAM: "message/stream",
            Operation.GET: "tasks/get",
            Operation.LIST: "tasks/list",
            Operation.CANCEL: "tasks/cancel",
            Operation.SUBSCRIBE: "tasks/resubscribe",
        }
    )
    send_configuration = MappingProxyType({"blocking": True})

    def message(self, message: Message) -> dict[str, Json]:
        return {"kind": "message", "role": "user", **super().message(message)}

    def state(self, state: str) -> str:
        return state

    def _write_part(self, part: Part) -> dict[str, Json]:
        match part:
            case TextPart(text):
                return {"kind": "text", "text": text}
            case DataPart(data):
                if not isinstance(data, Mapping):
                    raise UsageError("version 0.3 of the protocol takes only a JSON object as data")
                return {"kind": "data", "data": data}
            case FilePart(raw=raw, media_type=media_type, filename=name):
                content = b64encode(raw or b"").decode()
                file = _present(bytes=content, mimeType=media_type, name=name)
                return {"kind": "file", "file": file}
            case _:
                assert_never(part)

    def _read_frame(self, result: Json) -> Frame:
        match result["kind"]:
            case "task":
                return self._read_task(result)
            case "message":
                return self._read_message(result)
            case "status-update":
                return self._read_status(result)
            case "artifact-update":
                return self._read_chunk(result)
            case other:
                raise ValueError(f"{other!r} is no kind of frame")

    def _read_part(self, part: Json) -> Part:
        match part:
            case {"kind": "text"}:
                return TextPart(str(part["text"]))
            case {"kind": "file", "file": file}:
                return FilePart(
                    raw=_from_base64(file["bytes"]) if "bytes" in file else None,
                    url=_text_or_none(file.get("uri")),
                    media_type=_text_or_none(file.get("mimeType")),
                    filename=_text_or_none(file.get("name")),
                )
            case _:
                return DataPart(part["data"])

    def _read_state(self, state: str) -> str:
        return str(state)


class Dialect10(Dialect):
    """Version 1.0: the member that is present says what an object is."""

    version = "1.0"
    methods = MappingProxyType(
        {
            Operation.SEND: "SendMessage",
            Operation.STREAM: "SendStreamingMessage",
            Operation.GET: "GetTask",
            Operation.LIST: "ListTasks",
            Operation.CANCEL: "CancelTask",
            Operation.SUBSCRIBE: "SubscribeToTask",
        }
    )
    send_configuration = None

    def message(self, message: Message) -> dict[str, Json]:
        return {"role": "ROLE_USER", **super().message(message)}

    def as_frame(self, task: Json) -> Json:
        return {"task": task}

    def state(self, state: str) -> str:
        return f"TASK_STATE_{state.upper().replace('-', '_')}"

    def _write_part(self, part: Part) -> dict[str, Json]:
        match part:
            case TextPart(text):
                return {"text": text}
            case DataPart(data):
                return {"data": data}
            case FilePart(raw=raw, media_type=media_type, filename=name):
                content = b64encode(raw or b"").decode()
                return _present(raw=content, mediaType=media_type, filename=name)
            case _:
                assert_never(part)

    def _read_frame(self, result: Json) -> Frame:
        match result:
            case {"task": task}:
                return self._read_task(task)
            case {"message": message}:
                return self._read_message(message)
            case {"statusUpdate": update}:
                return self._read_status(update)
            case {"artifactUpdate": update}:
                return self._read_chunk(update)
            case _:
                raise ValueError("no task, message or update")

    def _read_part(self, part: Json) -> Part:
        match part:
            case {"text": text}:
                return TextPart(str(text))
            case {"raw": _} | {"url": _}:
                return FilePart(
                    raw=_from_base64(part["raw"]) if "raw" in part else None,
                    url=_text_or_none(part.get("url")),
                    media_type=_text_or_none(part.get("mediaType")),
                    filename=_text_or_none(part.get("filename")),
                )
            case _:
                return DataPart(part["data"])

    def _read_state(self, state: str) -> str:
        return str(state).removeprefix("TASK_STATE_").lower().replace("_", "-")


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {dialect.version: dialect for dialect in (Dialect03(), Dialect10())}
)


def _read(read: Callable[[Json], Value], result: Json) -> Value:
    try:
        return read(result)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProtocolError("the agent's answer is not what A2A says it should be") from error


def _present(**members: Json) -> dict[str, Json]:
    return {name: value for name, value in members.items() if value is not None}


def _text_or_none(value: Json) -> str | None:
    return None if value is None else str(value)


def _from_base64(text: str) -> bytes:
    # ProtoJSON also allows the URL-safe alphabet, and no padding.
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    return b64decode(plain + "=" * (-len(plain) % 4))
