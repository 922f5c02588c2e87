"""The two versions of the protocol as a client speaks them, written from the specification."""

from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Jsons: TypeAlias = list[Json]

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A version: what its methods are called, and the shapes that differ."""

    version: str
    send: str
    stream: str
    get: str
    list: str
    cancel: str
    subscribe: str
    push_methods: tuple[str, ...]
    extended_card: str

    def __str__(self) -> str:
        return self.version

    @property
    def is_old(self) -> bool:
        """Whether this is 0.3."""
        return self.version == "0.3"

    @property
    def headers(self) -> dict[str, str]:
        """What says that the client speaks this version; 0.3 is what is meant without a word."""
        return {} if self.is_old else {"A2A-Version": self.version}

    @property
    def methods(self) -> tuple[str, ...]:
        """All methods."""
        return (*self.plain_methods, *self.stream_methods)

    @property
    def plain_methods(self) -> tuple[str, ...]:
        """The methods with one reply."""
        return (
            self.send,
            self.get,
            self.list,
            self.cancel,
            *self.push_methods,
            self.extended_card,
        )

    @property
    def stream_methods(self) -> tuple[str, ...]:
        """The methods with a stream of replies."""
        return (self.stream, self.subscribe)

    def message(self, text: str = "Hello", **more: Any) -> Json:
        """A message of the user, with an id of its own unless one is given."""
        message = {
            "messageId": f"message-{next(_numbers)}",
            "role": "user" if self.is_old else "ROLE_USER",
            "parts": [self.text_part(text)],
            **more,
        }
        return {"kind": "message", **message} if self.is_old else message

    def text_part(self, text: str) -> Json:
        """A part with text."""
        return {"kind": "text", "text": text} if self.is_old else {"text": text}

    def data_part(self, data: Json) -> Json:
        """A part with data."""
        return {"kind": "data", "data": data} if self.is_old else {"data": data}

    @property
    def no_waiting(self) -> Json:
        """The `configuration` of a client that does not wait for the task to rest."""
        return {"blocking": False} if self.is_old else {"returnImmediately": True}

    def state(self, state: str) -> str:
        """A state by its name in 0.3, as this version writes it."""
        return state if self.is_old else "TASK_STATE_" + state.upper().replace("-", "_")

    def task(self, result: Json) -> Json:
        """The task that is the result of `send`, or a frame of a stream."""
        return result if self.is_old else result["task"]

    def reply(self, result: Json) -> Json:
        """The message that is the result of `send`, or a frame of a stream."""
        return result if self.is_old else result["message"]

    def gist(self, result: Json) -> tuple[Any, ...]:
        """A frame in short, alike in both versions.

        `("task", state)`, `("status", state, text)`, `("artifact", id, text, how)`, where how is
        `first`, `more`, `last` or `whole`, and `("message", text)`.
        """
        kind = result["kind"] if self.is_old else next(iter(result))
        frame = result if self.is_old else result[kind]
        match kind:
            case "task":
                return ("task", self._state(frame["status"]))
            case "message":
                return ("message", _text(frame["parts"]))
            case "status-update" | "statusUpdate":
                said = frame["status"].get("message", {"parts": []})
                return ("status", self._state(frame["status"]), _text(said["parts"]))
            case _:
                artifact = frame["artifact"]
                how = _HOW[frame["append"], frame["lastChunk"]]
                return ("artifact", artifact["artifactId"], _text(artifact["parts"]), how)

    def _state(self, status: Json) -> str:
        name: str = status["state"]
        return name.removeprefix("TASK_STATE_").lower().replace("_", "-")

    def error_data(self, reason: str) -> Jsons | None:
        """The `data` of an error of A2A."""
        if self.is_old:
            return None
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        return [{"@type": kind, "reason": reason, "domain": "a2a-protocol.org"}]

    def violations(self, *violations: tuple[str, str]) -> Any:
        """The `data` of an error for parameters that are wrong."""
        found = [{"field": field, "description": said} for field, said in violations]
        if self.is_old:
            return {"fieldViolations": found}
        kind = "type.googleapis.com/google.rpc.BadRequest"
        return [{"@type": kind, "fieldViolations": found}]


_HOW = {
    (False, False): "first",
    (True, False): "more",
    (True, True): "last",
    (False, True): "whole",
}


def _text(parts: Jsons) -> str:
    return "".join(part.get("text", "") for part in parts)


V0_3 = Dialect(
    version="0.3",
    send="message/send",
    stream="message/stream",
    get="tasks/get",
    list="tasks/list",
    cancel="tasks/cancel",
    subscribe="tasks/resubscribe",
    push_methods=tuple(
        f"tasks/pushNotificationConfig/{verb}" for verb in ("set", "get", "list", "delete")
    ),
    extended_card="agent/getAuthenticatedExtendedCard",
)

V1_0 = Dialect(
    version="1.0",
    send="SendMessage",
    stream="SendStreamingMessage",
    get="GetTask",
    list="ListTasks",
    cancel="CancelTask",
    subscribe="SubscribeToTask",
    push_methods=(
        "CreateTaskPushNotificationConfig",
        "GetTaskPushNotificationConfig",
        "ListTaskPushNotificationConfigs",
        "DeleteTaskPushNotificationConfig",
    ),
    extended_card="GetExtendedAgentCard",
)

DIALECTS = (V0_3, V1_0)
