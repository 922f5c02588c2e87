"""What an agent is told of earlier turns: copies of its own, to do with as it likes."""

import asyncio
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace

from a2a_agent.domain.assembly import Assembly, is_plain_text, reply_message
from a2a_agent.domain.errors import TaskNotFound
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    Artifact,
    DataPart,
    JsonObject,
    Message,
    Part,
    Role,
    Task,
)
from a2a_agent.domain.task_events import Replied
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.store import Head, Query, Scope, TaskStore

ANSWER_ID = "-answer"
"""How the ids end of messages that are a task's answer; those of its statuses end in a number."""
_MOST_TASKS = 20
"""Tasks of a context that are looked at, the latest."""


class Conversations:
    """The earlier messages of contexts."""

    def __init__(self, store: TaskStore, reading: Reading, limits: Limits) -> None:
        self._store = store
        self._reading = reading
        self._limits = limits

    async def earlier(self, scope: Scope, context_id: str, task_id: str) -> tuple[Message, ...]:
        """What was said in the context's other tasks, oldest first, bounded."""
        if not self._limits.context_messages:
            return ()
        page = await self._store.find(
            Query(scope=scope, context_id=context_id, limit=_MOST_TASKS + 1, includes_replied=True)
        )
        messages: tuple[Message, ...] = ()
        for head in page.heads:
            if len(messages) >= self._limits.context_messages:
                break
            if head.task_id != task_id:
                with suppress(TaskNotFound):  # removed meanwhile
                    messages = (*await self._said(head), *messages)
                # A long log is folded in one go: others get their turn in between.
                await asyncio.sleep(0)
        return self.latest(messages)

    def latest(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The latest of the messages, as many as an agent is told, each a copy of its own."""
        first = max(0, len(messages) - self._limits.context_messages)
        return tuple([own_message(message) for message in messages[first:]])

    async def _said(self, head: Head) -> tuple[Message, ...]:
        if not head.is_replied:
            return conversation(await self._reading.fold(head))
        assembly = Assembly(head.task_id)
        said: tuple[Message, ...] = ()
        for entry in await self._reading.entries(head.task_id):
            assembly.add(entry)
            if isinstance(entry.event, Replied):
                task = assembly.task()
                said = (*task.history, reply_message(task, entry.event))
        return said


def conversation(task: Task) -> tuple[Message, ...]:
    """What was said in the task, oldest first, the answer as the agent's message at its end."""
    messages = task.history
    if task.status.message is not None:
        messages = (*messages, task.status.message)
    for artifact in task.artifacts:
        if artifact.artifact_id == ANSWER_ARTIFACT_ID:
            answer = Message(
                message_id=f"{task.id}{ANSWER_ID}",
                role=Role.AGENT,
                parts=artifact.parts,
                context_id=task.context_id,
                task_id=task.id,
            )
            return (*messages, answer)
    return messages


def own_message(message: Message) -> Message:
    """The message with data of its own, apart from what is in the log."""
    if message.metadata is None and all(map(is_plain_text, message.parts)):
        return message
    return replace(message, parts=_own_parts(message.parts), metadata=_own(message.metadata))


def own_task(task: Task) -> Task:
    """The task with data of its own, apart from what is in the log."""
    status, said = task.status, task.status.message
    return replace(
        task,
        status=replace(status, message=None if said is None else own_message(said)),
        artifacts=tuple([_own_artifact(artifact) for artifact in task.artifacts]),
        history=tuple([own_message(message) for message in task.history]),
        metadata=_own(task.metadata),
    )


def _own_artifact(artifact: Artifact) -> Artifact:
    return replace(artifact, parts=_own_parts(artifact.parts), metadata=_own(artifact.metadata))


def _own_parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple([_own_part(part) for part in parts])


def _own_part(part: Part) -> Part:
    metadata = _own(part.metadata)
    if isinstance(part, DataPart):
        return replace(part, data=deepcopy(part.data), metadata=metadata)
    return replace(part, metadata=metadata)


def _own(metadata: JsonObject | None) -> JsonObject | None:
    return None if metadata is None else deepcopy(metadata)
