"""What both versions write alike: tasks, messages and frames, built by hand.

Every frame goes through here, so nothing is validated on its way out; the tests hold it against
the schemas. Names are camelCase, what is absent is left out and never null.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, assert_never

from a2a_agent.domain.assembly import status_message
from a2a_agent.domain.model import Artifact, Message, Part, Role, Task, TaskState, TaskStatus
from a2a_agent.domain.requests import TaskList
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
from a2a_agent.wire.json import dumps, shrunk
from a2a_agent.wire.timestamps import to_timestamp

Json = dict[str, Any]


def present(**members: Any) -> Json:
    """The members that have a value: optional ones without are left out."""
    return {name: value for name, value in members.items() if value is not None}


class Encoder(ABC):
    """Replies and frames as JSON. A version says what it writes its own way."""

    version: ClassVar[str]
    states: ClassVar[Mapping[TaskState, str]]
    roles: ClassVar[Mapping[Role, str]]
    task_kind: ClassVar[Json] = {}
    """What a task begins with, to say that it is one."""
    message_kind: ClassVar[Json] = {}
    """The same for a message."""

    @abstractmethod
    def part(self, part: Part) -> Json:
        """A part of a message or an artifact."""

    @abstractmethod
    def result(self, result: Task | Message) -> Json:
        """What a message is answered with."""

    @abstractmethod
    def artifact_update(self, update: Json) -> Json:
        """The frame of a piece of an artifact."""

    @abstractmethod
    def status_update(self, update: Json, state: TaskState) -> Json:
        """The frame of a status, which is in this state."""

    def encode_result(self, result: Task | Message) -> bytes:
        """The result of sending a message, and the first frame of a stream."""
        return dumps(self.result(result))

    def encode_task(self, task: Task) -> bytes:
        """The result of getting or canceling a task."""
        return dumps(self.task(task))

    def encode_list(self, page: TaskList) -> bytes:
        """The result of listing tasks."""
        return dumps(
            {
                "tasks": [self.task(task) for task in page.tasks],
                "nextPageToken": page.next_page_token,
                "pageSize": page.page_size,
                "totalSize": page.total_size,
            }
        )

    def encode_entry(self, entry: Entry, task_id: str, context_id: str) -> bytes:
        """The frame of an entry, made once and kept with it unless it is large."""
        encoded = entry.encoded.get(self.version)
        if encoded is None:
            encoded = dumps(self._frame(entry, task_id, context_id))
            if len(encoded) <= MAX_KEPT_BYTES:
                encoded = entry.encoded[self.version] = shrunk(encoded)
        return encoded

    def task(self, task: Task) -> Json:
        """A task with all that it holds."""
        encoded: Json = {
            **self.task_kind,
            "id": task.id,
            "contextId": task.context_id,
            "status": self._status(task.status),
        }
        if task.artifacts:
            encoded["artifacts"] = [self._artifact(artifact) for artifact in task.artifacts]
        if task.history:
            encoded["history"] = [self.message(message) for message in task.history]
        if task.metadata is not None:
            encoded["metadata"] = task.metadata
        return encoded

    def message(self, message: Message) -> Json:
        """A message of either side."""
        encoded: Json = {
            **self.message_kind,
            "messageId": message.message_id,
            "role": self.roles[message.role],
            "parts": [self.part(part) for part in message.parts],
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

    def _frame(self, entry: Entry, task_id: str, context_id: str) -> Json:
        event = entry.event
        match event:
            case ArtifactChunk():
                return self.artifact_update(
                    {
                        "taskId": task_id,
                        "contextId": context_id,
                        "artifact": self._artifact(event),
                        "append": event.append,
                        "lastChunk": event.last,
                    }
                )
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
        status = TaskStatus(state=state, timestamp_ms=entry.timestamp_ms, message=message)
        update: Json = {
            "taskId": task_id,
            "contextId": context_id,
            "status": self._status(status),
        }
        if metadata is not None:
            update["metadata"] = metadata
        return self.status_update(update, state)

    def _status(self, status: TaskStatus) -> Json:
        encoded: Json = {
            "state": self.states[status.state],
            "timestamp": to_timestamp(status.timestamp_ms),
        }
        if status.message is not None:
            encoded["message"] = self.message(status.message)
        return encoded

    def _artifact(self, artifact: Artifact | ArtifactChunk) -> Json:
        encoded: Json = {
            "artifactId": artifact.artifact_id,
            "parts": [self.part(part) for part in artifact.parts],
        }
        if artifact.name is not None:
            encoded["name"] = artifact.name
        if artifact.description is not None:
            encoded["description"] = artifact.description
        if artifact.metadata is not None:
            encoded["metadata"] = artifact.metadata
        return encoded
