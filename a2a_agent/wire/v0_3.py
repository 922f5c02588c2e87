"""A2A 0.3 on the wire: requests into the domain, and the domain into replies and frames.

Requests are pydantic models, because anybody may send them. Replies are built by hand, because
every frame goes through here; the tests hold them against the schemas.
"""

from base64 import b64encode
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator
from pydantic.alias_generators import to_camel

from a2a_agent.domain import model
from a2a_agent.domain.assembly import is_plain_text, status_message
from a2a_agent.domain.errors import A2AError, InvalidParams
from a2a_agent.domain.model import Role, TaskState
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    SendMessage,
    SubscribeToTask,
    TaskList,
)
from a2a_agent.domain.task_events import (
    MAX_KEPT_BYTES,
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
)
from a2a_agent.domain.views import STREAM_EXTENSION_URI
from a2a_agent.wire.fields import (
    Base64Bytes,
    Count,
    Id,
    Metadata,
    Name,
    Strings,
    optional_strings,
)
from a2a_agent.wire.json import dumps, shrunk
from a2a_agent.wire.replies import present
from a2a_agent.wire.timestamps import Timestamp, to_timestamp
from a2a_agent.wire.validation import validated

VERSION = "0.3"


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class TextPart(_Model):
    """`{"kind": "text", "text": …}`."""

    kind: Literal["text"]
    text: StrictStr
    metadata: Metadata | None = None

    def to_domain(self) -> model.TextPart:
        return model.TextPart(self.text, metadata=self.metadata)


class File(_Model):
    """A file by `bytes` or by `uri`."""

    content: Base64Bytes | None = Field(None, alias="bytes")
    uri: Name | None = None
    mime_type: StrictStr | None = None
    name: StrictStr | None = None

    @model_validator(mode="after")
    def _has_one_content(self) -> "File":
        if (self.content is None) == (self.uri is None):
            raise ValueError("must have either bytes or uri, and not both")
        return self


class FilePart(_Model):
    """`{"kind": "file", "file": …}`."""

    kind: Literal["file"]
    file: File
    metadata: Metadata | None = None

    def to_domain(self) -> model.FilePart:
        return model.FilePart(
            raw=self.file.content,
            url=self.file.uri,
            media_type=self.file.mime_type,
            filename=self.file.name,
            metadata=self.metadata,
        )


class DataPart(_Model):
    """`{"kind": "data", "data": {…}}`."""

    kind: Literal["data"]
    data: dict[str, Any]
    metadata: Metadata | None = None

    def to_domain(self) -> model.DataPart:
        return model.DataPart(self.data, metadata=self.metadata)


class Message(_Model):
    """A message from a client."""

    kind: Literal["message"] = "message"
    message_id: Id
    role: Literal["user"]
    parts: Annotated[
        list[Annotated[TextPart | FilePart | DataPart, Field(discriminator="kind")]],
        Field(min_length=1),
    ]
    context_id: Id | None = None
    task_id: Id | None = None
    metadata: Metadata | None = None
    extensions: Strings | None = None
    reference_task_ids: Strings | None = None

    def to_domain(self) -> model.Message:
        return model.Message(
            message_id=self.message_id,
            role=Role.USER,
            parts=tuple([part.to_domain() for part in self.parts]),
            context_id=self.context_id,
            task_id=self.task_id,
            metadata=self.metadata,
            extensions=optional_strings(self.extensions),
            reference_task_ids=optional_strings(self.reference_task_ids),
        )


class SendConfiguration(_Model):
    """How a message wants to be answered."""

    accepted_output_modes: Strings | None = None
    blocking: StrictBool | None = None
    history_length: Count | None = None
    push_notification_config: dict[str, Any] | None = None


class SendParams(_Model):
    """Of `message/send` and `message/stream`."""

    message: Message
    configuration: SendConfiguration | None = None
    metadata: Metadata | None = None


class TaskQueryParams(_Model):
    """Of `tasks/get`."""

    id: Id
    history_length: Count | None = None


class TaskIdParams(_Model):
    """Of `tasks/cancel` and `tasks/resubscribe`."""

    id: Id
    metadata: Metadata | None = None


class ListParams(_Model):
    """Of `tasks/list`, which 0.3 has borrowed from 1.0."""

    context_id: Id | None = None
    status: TaskState | None = None
    page_size: StrictInt | None = None
    page_token: StrictStr | None = None
    history_length: Count | None = None
    status_timestamp_after: Timestamp | None = None
    include_artifacts: StrictBool | None = None


def decode_send(params: dict[str, Any]) -> SendMessage:
    """The parameters of `message/send` and `message/stream`."""
    given = validated(SendParams, params)
    configuration = given.configuration or _NO_CONFIGURATION
    return SendMessage(
        message=given.message.to_domain(),
        returns_immediately=configuration.blocking is False,
        history_length=configuration.history_length,
        accepted_output_modes=optional_strings(configuration.accepted_output_modes),
        metadata=given.metadata,
        has_push_config=configuration.push_notification_config is not None,
    )


_NO_CONFIGURATION = SendConfiguration()


def decode_get(params: dict[str, Any]) -> GetTask:
    """The parameters of `tasks/get`."""
    given = validated(TaskQueryParams, params)
    return GetTask(task_id=given.id, history_length=given.history_length)


def decode_list(params: dict[str, Any]) -> ListTasks:
    """The parameters of `tasks/list`."""
    given = validated(ListParams, params)
    return ListTasks(
        context_id=given.context_id,
        state=given.status,
        page_size=given.page_size,
        page_token=given.page_token,
        history_length=given.history_length,
        updated_after_ms=given.status_timestamp_after,
        includes_artifacts=bool(given.include_artifacts),
    )


def decode_cancel(params: dict[str, Any]) -> CancelTask:
    """The parameters of `tasks/cancel`."""
    return CancelTask(task_id=validated(TaskIdParams, params).id)


def decode_subscribe(params: dict[str, Any]) -> SubscribeToTask:
    """The parameters of `tasks/resubscribe`."""
    given = validated(TaskIdParams, params)
    return SubscribeToTask(task_id=given.id, metadata=given.metadata)


def encode_result(result: model.Task | model.Message) -> bytes:
    """The result of `message/send`, and the first frame of a stream: the object itself."""
    return dumps(_task(result) if isinstance(result, model.Task) else _message(result))


def encode_task(task: model.Task) -> bytes:
    """The result of `tasks/get` and `tasks/cancel`."""
    return dumps(_task(task))


def encode_list(page: TaskList) -> bytes:
    """The result of `tasks/list`."""
    return dumps(
        {
            "tasks": [_task(task) for task in page.tasks],
            "nextPageToken": page.next_page_token,
            "pageSize": page.page_size,
            "totalSize": page.total_size,
        }
    )


def encode_entry(entry: Entry, task_id: str, context_id: str) -> bytes:
    """The frame of an entry, made once and kept with it unless it is large."""
    encoded = entry.encoded.get(VERSION)
    if encoded is None:
        encoded = dumps(_frame(entry, task_id, context_id))
        if len(encoded) <= MAX_KEPT_BYTES:
            encoded = entry.encoded[VERSION] = shrunk(encoded)
    return encoded


def error_data(error: A2AError) -> Any:
    """The `data` of an error: free in 0.3, ours names the fields that are wrong."""
    if not isinstance(error, InvalidParams):
        return None
    return {"fieldViolations": [{"field": f, "description": d} for f, d in error.violations]}


def _frame(entry: Entry, task_id: str, context_id: str) -> dict[str, Any]:
    event = entry.event
    match event:
        case ArtifactChunk():
            return {
                "kind": "artifact-update",
                "taskId": task_id,
                "contextId": context_id,
                "artifact": _artifact(event),
                "append": event.append,
                "lastChunk": event.last,
            }
        case StatusChanged():
            message = status_message(task_id, context_id, entry.sequence, event.parts)
            state, metadata = event.state, event.metadata
        case MessageAccepted():
            state = TaskState.SUBMITTED if entry.sequence == 1 else TaskState.WORKING
            message, metadata = None, None
        case Noted():
            state, message = TaskState.WORKING, None
            metadata = {STREAM_EXTENSION_URI: event.note}
        case Replied():
            raise ValueError("a reply is answered with a Message, it has no frame")
        case _:
            assert_never(event)
    status = model.TaskStatus(state=state, timestamp_ms=entry.timestamp_ms, message=message)
    return present(
        kind="status-update",
        taskId=task_id,
        contextId=context_id,
        status=_status(status),
        final=state.is_resting,
        metadata=metadata,
    )


def _task(task: model.Task) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "kind": "task",
        "id": task.id,
        "contextId": task.context_id,
        "status": _status(task.status),
    }
    if task.artifacts:
        encoded["artifacts"] = [_artifact(artifact) for artifact in task.artifacts]
    if task.history:
        encoded["history"] = [_message(message) for message in task.history]
    if task.metadata is not None:
        encoded["metadata"] = task.metadata
    return encoded


def _status(status: model.TaskStatus) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "state": status.state,
        "timestamp": to_timestamp(status.timestamp_ms),
    }
    if status.message is not None:
        encoded["message"] = _message(status.message)
    return encoded


def _artifact(artifact: model.Artifact | ArtifactChunk) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "artifactId": artifact.artifact_id,
        "parts": [_part(part) for part in artifact.parts],
    }
    if artifact.name is not None:
        encoded["name"] = artifact.name
    if artifact.description is not None:
        encoded["description"] = artifact.description
    if artifact.metadata is not None:
        encoded["metadata"] = artifact.metadata
    return encoded


def _message(message: model.Message) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "kind": "message",
        "messageId": message.message_id,
        "role": message.role,
        "parts": [_part(part) for part in message.parts],
    }
    if message.task_id is not None:
        encoded["taskId"] = message.task_id
    if message.context_id is not None:
        encoded["contextId"] = message.context_id
    if message.metadata is not None:
        encoded["metadata"] = message.metadata
    if message.extensions:
        encoded["extensions"] = list(message.extensions)
    if message.reference_task_ids:
        encoded["referenceTaskIds"] = list(message.reference_task_ids)
    return encoded


def _part(part: model.Part) -> dict[str, Any]:
    if isinstance(part, model.FilePart):
        content: dict[str, Any] = (
            {"uri": part.url} if part.raw is None else {"bytes": b64encode(part.raw).decode()}
        )
        file = content | present(mimeType=part.media_type, name=part.filename)
        return present(kind="file", file=file, metadata=part.metadata)
    if is_plain_text(part):
        return {"kind": "text", "text": part.text}
    # 0.3 has no place of its own for what a text or data part says of its type and name.
    described = present(mediaType=part.media_type, filename=part.filename)
    metadata = {**described, **(part.metadata or {})} if described else part.metadata
    if isinstance(part, model.TextPart):
        return present(kind="text", text=part.text, metadata=metadata)
    data = part.data if isinstance(part.data, dict) else {"value": part.data}
    return present(kind="data", data=data, metadata=metadata)
