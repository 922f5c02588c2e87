"""What a version of the protocol is to the server: the functions of its module.

`v0_3` and `v1_0` each are one, held against this protocol by the type checker.
"""

from typing import Any, Protocol

from a2a_agent.domain.errors import A2AError
from a2a_agent.domain.model import Message, Task
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    SendMessage,
    SubscribeToTask,
    TaskList,
)
from a2a_agent.domain.task_events import Entry


class WireVersion(Protocol):
    """A version of A2A: decoders raise InvalidParams, encoders give JSON."""

    VERSION: str

    def decode_send(self, params: dict[str, Any]) -> SendMessage: ...
    def decode_get(self, params: dict[str, Any]) -> GetTask: ...
    def decode_list(self, params: dict[str, Any]) -> ListTasks: ...
    def decode_cancel(self, params: dict[str, Any]) -> CancelTask: ...
    def decode_subscribe(self, params: dict[str, Any]) -> SubscribeToTask: ...

    def encode_result(self, result: Task | Message) -> bytes: ...
    def encode_task(self, task: Task) -> bytes: ...
    def encode_list(self, page: TaskList) -> bytes: ...
    def encode_entry(self, entry: Entry, task_id: str, context_id: str) -> bytes: ...
    def error_data(self, error: A2AError) -> Any: ...
