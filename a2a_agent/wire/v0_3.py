"""A2A 0.3 on the wire: requests into the domain, and the domain into replies and frames.

Requests are pydantic models, because anybody may send them.
"""

from base64 import b64encode
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator
from pydantic.alias_generators import to_camel

from a2a_agent.domain import model
from a2a_agent.domain.assembly import is_plain_text
from a2a_agent.domain.errors import A2AError, InvalidParams
from a2a_agent.domain.model import Role, TaskState
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    SendMessage,
    SubscribeToTask,
)
from a2a_agent.wire.fields import (
    Base64Bytes,
    Count,
    Id,
    Metadata,
    Name,
    Strings,
    optional_strings,
)
from a2a_agent.wire.replies import Encoder, Json, present
from a2a_agent.wire.timestamps import Timestamp
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


def error_data(error: A2AError) -> Any:
    """The `data` of an error: free in 0.3, ours names the fields that are wrong."""
    if not isinstance(error, InvalidParams):
        return None
    return {"fieldViolations": [{"field": f, "description": d} for f, d in error.violations]}


class _Encoder(Encoder):
    """0.3 says of each object what `kind` it is, and of a status if it is the last one."""

    version = VERSION
    states = {state: state.value for state in TaskState}
    roles = {role: role.value for role in Role}
    task_kind = {"kind": "task"}
    message_kind = {"kind": "message"}

    def part(self, part: model.Part) -> Json:
        if isinstance(part, model.FilePart):
            content: Json = (
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

    def result(self, result: model.Task | model.Message) -> Json:
        return self.task(result) if isinstance(result, model.Task) else self.message(result)

    def artifact_update(self, update: Json) -> Json:
        return {"kind": "artifact-update", **update}

    def status_update(self, update: Json, state: TaskState) -> Json:
        return {"kind": "status-update", **update, "final": state.is_resting}


_encoder = _Encoder()
encode_result = _encoder.encode_result
encode_task = _encoder.encode_task
encode_list = _encoder.encode_list
encode_entry = _encoder.encode_entry
