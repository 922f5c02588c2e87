"""How each protocol version says what the suite needs to say, and how its frames are read.

States are named as 0.3 names them, whichever version they come from. Reading never raises: what
is not there is None, and the schemas say that it should be.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

Json: TypeAlias = Any

TERMINAL = frozenset({"completed", "canceled", "failed", "rejected"})
INTERRUPTED = frozenset({"input-required", "auth-required"})
RESTING = TERMINAL | INTERRUPTED


class Operation(Enum):
    """What a client asks of an endpoint."""

    SEND = "send"
    STREAM = "stream"
    GET = "get"
    LIST = "list"
    CANCEL = "cancel"
    SUBSCRIBE = "subscribe"
    PUSH_CREATE = "push-create"
    PUSH_GET = "push-get"
    PUSH_LIST = "push-list"
    PUSH_DELETE = "push-delete"
    EXTENDED_CARD = "extended-card"

    @property
    def is_streaming(self) -> bool:
        """Whether its answer is a stream."""
        return self in (Operation.STREAM, Operation.SUBSCRIBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event of a stream, read: what kind it is (`task`, `message`, `status`, `artifact`), and
    the object itself."""

    kind: str | None
    body: Mapping[str, Json]
    state: str | None = None
    is_final: bool | None = None
    """What 0.3 says of its end; None where nothing is said."""

    @property
    def task_id(self) -> Json:
        """The task that it belongs to."""
        return self.body.get("id" if self.kind == "task" else "taskId")

    @property
    def context_id(self) -> Json:
        """The context that it belongs to."""
        return self.body.get("contextId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One version."""

    version: str
    methods: Mapping[Operation, str]
    results: Mapping[Operation, str]
    """The names of the results' schemas, of those that have one."""

    @property
    def is_old(self) -> bool:
        """Whether this is 0.3."""
        return self.version == "0.3"

    @property
    def headers(self) -> dict[str, str]:
        """What says that a request is in this version (1.0 §3.6); no word means 0.3."""
        return {} if self.is_old else {"A2A-Version": self.version}

    def activating(self, extensions: Sequence[str]) -> dict[str, str]:
        """What asks for extensions; 0.3.0 says it with an X-."""
        if not extensions:
            return {}
        listed = {"A2A-Extensions": ", ".join(extensions)}
        return {**listed, "X-A2A-Extensions": ", ".join(extensions)} if self.is_old else listed

    # What is sent

    def text_part(self, text: str) -> dict[str, Json]:
        """A part with text."""
        return {"kind": "text", "text": text} if self.is_old else {"text": text}

    def data_part(self, data: Json) -> dict[str, Json]:
        """A part with data."""
        return {"kind": "data", "data": data} if self.is_old else {"data": data}

    def file_part(self, content: bytes, media_type: str, name: str) -> dict[str, Json]:
        """A part with a file's content."""
        encoded = b64encode(content).decode()
        if self.is_old:
            file = {"bytes": encoded, "mimeType": media_type, "name": name}
            return {"kind": "file", "file": file}
        return {"raw": encoded, "mediaType": media_type, "filename": name}

    def message(
        self, message_id: str, *parts: Mapping[str, Json], **members: Json
    ) -> dict[str, Json]:
        """A client's message; members such as taskId and contextId are added as they are."""
        common = {"messageId": message_id, "parts": list(parts), **members}
        if self.is_old:
            return {"kind": "message", "role": "user", **common}
        return {"role": "ROLE_USER", **common}

    def waiting(self, waits: bool) -> dict[str, Json]:
        """The configuration of a client that waits until the task rests, or does not."""
        return {"blocking": waits} if self.is_old else {"returnImmediately": not waits}

    def state(self, state: str) -> str:
        """A state as this version writes it."""
        return state if self.is_old else f"TASK_STATE_{state.upper().replace('-', '_')}"

    def push_config(self, task_id: str, url: str, **members: Json) -> dict[str, Json]:
        """The parameters that register a webhook for a task."""
        if self.is_old:
            return {"taskId": task_id, "pushNotificationConfig": {"url": url, **members}}
        return {"taskId": task_id, "url": url, **members}

    def inline_push(self, url: str, **members: Json) -> dict[str, Json]:
        """The configuration of a client that registers a webhook with its message."""
        name = "pushNotificationConfig" if self.is_old else "taskPushNotificationConfig"
        return {name: {"url": url, **members}}

    def push_authentication(self, scheme: str, credentials: str) -> dict[str, Json]:
        """How the endpoint is to authenticate to a webhook."""
        named = {"schemes": [scheme]} if self.is_old else {"scheme": scheme}
        return {**named, "credentials": credentials}

    def push_ids(self, task_id: str, config_id: str | None = None) -> dict[str, Json]:
        """The parameters that name a task's webhook, or its task alone."""
        if self.is_old:
            named = {} if config_id is None else {"pushNotificationConfigId": config_id}
            return {"id": task_id, **named}
        return {"taskId": task_id, **({} if config_id is None else {"id": config_id})}

    # What is read

    def task(self, result: Json) -> Json:
        """The task in the result of a send; None where there is none."""
        if not isinstance(result, dict):
            return None
        if not self.is_old:
            return result.get("task")
        inner = _unwrapped(result)
        return inner if "status" in inner else None

    def read_push_config(self, result: Json) -> tuple[Json, Mapping[str, Json]]:
        """The id of the task, and the webhook that is registered for it."""
        if not isinstance(result, dict):
            return None, {}
        found = result.get("pushNotificationConfig") if self.is_old else result
        return result.get("taskId"), found if isinstance(found, dict) else {}

    def read_push_configs(self, result: Json) -> Sequence[Json]:
        """The registrations in the result of a list."""
        found = result.get("configs") if isinstance(result, dict) else result
        return found if isinstance(found, list) else []

    def read_state(self, task: Json) -> str | None:
        """The state of a task, or of whatever has a status, also as the other version writes it:
        the schemas tell of that."""
        status = task.get("status") if isinstance(task, dict) else None
        state = status.get("state") if isinstance(status, dict) else None
        if not isinstance(state, str):
            return None
        return state.removeprefix("TASK_STATE_").lower().replace("_", "-")

    def frame(self, result: Json) -> Frame:
        """A result of a stream."""
        kind, body = self._opened(result)
        final = body.get("final") if self.is_old and kind == "status" else None
        is_final = final if isinstance(final, bool) else None
        return Frame(kind=kind, body=body, state=self.read_state(body), is_final=is_final)

    def _opened(self, result: Json) -> tuple[str | None, Mapping[str, Json]]:
        if not isinstance(result, dict):
            return None, {}
        if self.is_old:
            inner = _unwrapped(result)
            return _KINDS.get(str(inner.get("kind")), _guessed(inner)), inner
        named = [(kind, result[name]) for name, kind in _MEMBERS.items() if name in result]
        if len(named) == 1 and isinstance(named[0][1], dict):
            return named[0]
        return None, {}

    def text_of(self, parts: Json) -> str:
        """The text of the parts that have some."""
        listed = parts if isinstance(parts, list) else []
        found = [part.get("text") for part in listed if isinstance(part, dict)]
        return "".join(text for text in found if isinstance(text, str))


_KINDS = {
    "task": "task",
    "message": "message",
    "status-update": "status",
    "artifact-update": "artifact",
}
_MEMBERS = {
    "task": "task",
    "message": "message",
    "statusUpdate": "status",
    "artifactUpdate": "artifact",
}


def _unwrapped(result: Mapping[str, Json]) -> Mapping[str, Json]:
    """A result of 0.3, also where it is wrapped as 1.0 has it: the schemas tell of that, and the
    rest is judged for what it is."""
    inner = next(iter(result.values()), None) if len(result) == 1 else None
    return inner if isinstance(inner, dict) and result.keys() <= _MEMBERS.keys() else result


def _guessed(body: Mapping[str, Json]) -> str | None:
    """The kind of an object that does not say it, by its members."""
    if "artifact" in body:
        return "artifact"
    if "status" in body:
        return "status" if "taskId" in body else "task"
    return "message" if "messageId" in body else None


V0_3 = Dialect(
    version="0.3",
    methods=MappingProxyType(
        {
            Operation.SEND: "message/send",
            Operation.STREAM: "message/stream",
            Operation.GET: "tasks/get",
            Operation.LIST: "tasks/list",
            Operation.CANCEL: "tasks/cancel",
            Operation.SUBSCRIBE: "tasks/resubscribe",
            Operation.PUSH_CREATE: "tasks/pushNotificationConfig/set",
            Operation.PUSH_GET: "tasks/pushNotificationConfig/get",
            Operation.PUSH_LIST: "tasks/pushNotificationConfig/list",
            Operation.PUSH_DELETE: "tasks/pushNotificationConfig/delete",
            Operation.EXTENDED_CARD: "agent/getAuthenticatedExtendedCard",
        }
    ),
    results=MappingProxyType(
        {
            Operation.SEND: "SendMessageResult",
            Operation.STREAM: "StreamResult",
            Operation.GET: "Task",
            Operation.LIST: "ListTasksResult",
            Operation.CANCEL: "Task",
            Operation.SUBSCRIBE: "StreamResult",
            Operation.PUSH_CREATE: "TaskPushNotificationConfig",
            Operation.PUSH_GET: "TaskPushNotificationConfig",
            Operation.PUSH_LIST: "ListTaskPushNotificationConfigResult",
            Operation.EXTENDED_CARD: "AgentCard",
        }
    ),
)
V1_0 = Dialect(
    version="1.0",
    methods=MappingProxyType(
        {
            Operation.SEND: "SendMessage",
            Operation.STREAM: "SendStreamingMessage",
            Operation.GET: "GetTask",
            Operation.LIST: "ListTasks",
            Operation.CANCEL: "CancelTask",
            Operation.SUBSCRIBE: "SubscribeToTask",
            Operation.PUSH_CREATE: "CreateTaskPushNotificationConfig",
            Operation.PUSH_GET: "GetTaskPushNotificationConfig",
            Operation.PUSH_LIST: "ListTaskPushNotificationConfigs",
            Operation.PUSH_DELETE: "DeleteTaskPushNotificationConfig",
            Operation.EXTENDED_CARD: "GetExtendedAgentCard",
        }
    ),
    results=MappingProxyType(
        {
            Operation.SEND: "SendMessageResponse",
            Operation.STREAM: "StreamResponse",
            Operation.GET: "Task",
            Operation.LIST: "ListTasksResponse",
            Operation.CANCEL: "Task",
            Operation.SUBSCRIBE: "StreamResponse",
            Operation.PUSH_CREATE: "TaskPushNotificationConfig",
            Operation.PUSH_GET: "TaskPushNotificationConfig",
            Operation.PUSH_LIST: "ListTaskPushNotificationConfigsResponse",
            Operation.PUSH_DELETE: "Empty",
            Operation.EXTENDED_CARD: "AgentCard",
        }
    ),
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({one.version: one for one in (V0_3, V1_0)})


def other_than(dialect: Dialect) -> Dialect:
    """The other version."""
    return V1_0 if dialect.is_old else V0_3
