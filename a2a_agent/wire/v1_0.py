"""A2A 1.0 on the wire: requests into the domain, and the domain into replies and frames.

Requests are pydantic models, because anybody may send them; as ProtoJSON they may be written in
camelCase or snake_case.
"""

from base64 import b64encode
from typing import Annotated, Any, Literal, assert_never

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)
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
    OptionalId,
    Strings,
    optional_strings,
)
from a2a_agent.wire.replies import Encoder, Json, present
from a2a_agent.wire.timestamps import Timestamp
from a2a_agent.wire.validation import validated

VERSION = "1.0"

_STATE_NAMES = {state: f"TASK_STATE_{state.value.upper().replace('-', '_')}" for state in TaskState}
_STATES = {name: state for state, name in _STATE_NAMES.items()}
_CONTENTS = ("text", "raw", "url", "data")


def _state(name: object) -> TaskState | None:
    if name in (None, "TASK_STATE_UNSPECIFIED"):
        return None
    if not isinstance(name, str) or name not in _STATES:
        raise ValueError(f"must be one of {', '.join(_STATES)}")
    return _STATES[name]


State = Annotated[TaskState | None, BeforeValidator(_state)]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Part(_Model):
    """A part has exactly one of `text`, `raw`, `url` and `data`, which may be any JSON."""

    text: StrictStr | None = None
    raw: Base64Bytes | None = None
    url: Name | None = None
    data: Any = None
    metadata: Metadata | None = None
    filename: StrictStr | None = None
    media_type: StrictStr | None = None

    @model_validator(mode="after")
    def _has_one_content(self) -> "Part":
        # `"data": null` is the JSON value null; with any other name null means absent.
        given = [
            name
            for name in _CONTENTS
            if name in self.model_fields_set and (name == "data" or getattr(self, name) is not None)
        ]
        if "data" in given and self.data is None and len(given) > 1:
            given.remove("data")
        if len(given) != 1:
            raise ValueError("must have exactly one of text, raw, url and data")
        return self

    def to_domain(self) -> model.Part:
        more = (self.media_type, self.filename, self.metadata)
        if self.text is not None:
            return model.TextPart(self.text, *more)
        if self.raw is None and self.url is None:
            return model.DataPart(self.data, *more)
        return model.FilePart(
            raw=self.raw,
            url=self.url,
            media_type=self.media_type,
            filename=self.filename,
            metadata=self.metadata,
        )


class Message(_Model):
    """A message from a client."""

    message_id: Id
    role: Literal["ROLE_USER"]
    parts: Annotated[list[Part], Field(min_length=1)]
    context_id: OptionalId | None = None
    task_id: OptionalId | None = None
    metadata: Metadata | None = None
    extensions: Strings | None = None
    reference_task_ids: Strings | None = None

    def to_domain(self) -> model.Message:
        return model.Message(
            message_id=self.message_id,
            role=Role.USER,
            parts=tuple([part.to_domain() for part in self.parts]),
            context_id=self.context_id or None,
            task_id=self.task_id or None,
            metadata=self.metadata,
            extensions=optional_strings(self.extensions),
            reference_task_ids=optional_strings(self.reference_task_ids),
        )


class SendConfiguration(_Model):
    """How a message wants to be answered."""

    accepted_output_modes: Strings | None = None
    task_push_notification_config: dict[str, Any] | None = None
    history_length: Count | None = None
    return_immediately: StrictBool | None = None


class _Request(_Model):
    tenant: OptionalId | None = None


class SendMessageRequest(_Request):
    """Of `SendMessage` and `SendStreamingMessage`."""

    message: Message
    configuration: SendConfiguration | None = None
    metadata: Metadata | None = None


class GetTaskRequest(_Request):
    """Of `GetTask`."""

    id: Id
    history_length: Count | None = None


class TaskIdRequest(_Request):
    """Of `CancelTask` and `SubscribeToTask`."""

    id: Id
    metadata: Metadata | None = None


class ListTasksRequest(_Request):
    """Of `ListTasks`."""

    context_id: OptionalId | None = None
    status: State = None
    page_size: StrictInt | None = None
    page_token: StrictStr | None = None
    history_length: Count | None = None
    status_timestamp_after: Timestamp | None = None
    include_artifacts: StrictBool | None = None


def decode_send(params: dict[str, Any]) -> SendMessage:
    """The parameters of `SendMessage` and `SendStreamingMessage`."""
    given = validated(SendMessageRequest, params)
    configuration = given.configuration or _NO_CONFIGURATION
    return SendMessage(
        message=given.message.to_domain(),
        tenant=given.tenant or "",
        returns_immediately=bool(configuration.return_immediately),
        history_length=configuration.history_length,
        accepted_output_modes=optional_strings(configuration.accepted_output_modes),
        metadata=given.metadata,
        has_push_config=configuration.task_push_notification_config is not None,
    )


_NO_CONFIGURATION = SendConfiguration()


def decode_get(params: dict[str, Any]) -> GetTask:
    """The parameters of `GetTask`."""
    given = validated(GetTaskRequest, params)
    return GetTask(task_id=given.id, tenant=given.tenant or "", history_length=given.history_length)


def decode_list(params: dict[str, Any]) -> ListTasks:
    """The parameters of `ListTasks`."""
    given = validated(ListTasksRequest, params)
    return ListTasks(
        tenant=given.tenant or "",
        context_id=given.context_id or None,
        state=given.status,
        page_size=given.page_size,
        page_token=given.page_token,
        history_length=given.history_length,
        updated_after_ms=given.status_timestamp_after,
        includes_artifacts=bool(given.include_artifacts),
    )


def decode_cancel(params: dict[str, Any]) -> CancelTask:
    """The parameters of `CancelTask`."""
    given = validated(TaskIdRequest, params)
    return CancelTask(task_id=given.id, tenant=given.tenant or "")


def decode_subscribe(params: dict[str, Any]) -> SubscribeToTask:
    """The parameters of `SubscribeToTask`; `metadata` is ours, for the stream extension."""
    given = validated(TaskIdRequest, params)
    return SubscribeToTask(task_id=given.id, tenant=given.tenant or "", metadata=given.metadata)


def error_data(error: A2AError) -> Any:
    """The `data` of an error: what kind it is (1.0 §9.5), and the fields that are wrong."""
    if isinstance(error, InvalidParams):
        violations = [{"field": f, "description": d} for f, d in error.violations]
        return [{"@type": _BAD_REQUEST, "fieldViolations": violations}]
    if error.reason is None:
        return None
    return [{"@type": _ERROR_INFO, "reason": error.reason, "domain": "a2a-protocol.org"}]


_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class _Encoder(Encoder):
    """1.0 says what an object is by the member that holds it."""

    version = VERSION
    states = _STATE_NAMES
    roles = {Role.USER: "ROLE_USER", Role.AGENT: "ROLE_AGENT"}

    def part(self, part: model.Part) -> Json:
        if is_plain_text(part):
            return {"text": part.text}
        match part:
            case model.TextPart():
                content: Json = {"text": part.text}
            case model.FilePart(raw=None):
                content = {"url": part.url}
            case model.FilePart():
                content = {"raw": b64encode(part.raw or b"").decode()}
            case model.DataPart():
                content = {"data": part.data}
            case _:
                assert_never(part)
        return content | present(
            mediaType=part.media_type, filename=part.filename, metadata=part.metadata
        )

    def result(self, result: model.Task | model.Message) -> Json:
        if isinstance(result, model.Task):
            return {"task": self.task(result)}
        return {"message": self.message(result)}

    def artifact_update(self, update: Json) -> Json:
        return {"artifactUpdate": update}

    def status_update(self, update: Json, state: TaskState) -> Json:
        return {"statusUpdate": update}


_encoder = _Encoder()
encode_result = _encoder.encode_result
encode_task = _encoder.encode_task
encode_list = _encoder.encode_list
encode_entry = _encoder.encode_entry
