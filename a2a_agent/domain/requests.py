"""What the operations are asked, and what their streams give: values without a wire version."""

from typing import TypeAlias

from a2a_agent.domain.model import JsonObject, Message, Task, TaskState
from a2a_agent.domain.record import record
from a2a_agent.domain.task_events import Entry
from a2a_agent.domain.views import StreamMode


@record(kw_only=True)
class SendMessage:
    """A message to be worked on, by `send` or `stream`."""

    message: Message
    tenant: str = ""
    returns_immediately: bool = False
    history_length: int | None = None
    accepted_output_modes: tuple[str, ...] = ()
    metadata: JsonObject | None = None
    extensions: frozenset[str] = frozenset()
    has_push_config: bool = False


@record(kw_only=True)
class GetTask:
    """A task, by its id."""

    task_id: str
    tenant: str = ""
    history_length: int | None = None


@record(kw_only=True)
class ListTasks:
    """A page of tasks."""

    tenant: str = ""
    context_id: str | None = None
    state: TaskState | None = None
    page_size: int | None = None
    page_token: str | None = None
    history_length: int | None = None
    updated_after_ms: int | None = None
    includes_artifacts: bool = False


@record(kw_only=True)
class CancelTask:
    """A task to be canceled."""

    task_id: str
    tenant: str = ""


@record(kw_only=True)
class SubscribeToTask:
    """A task to be followed."""

    task_id: str
    tenant: str = ""
    metadata: JsonObject | None = None


@record(kw_only=True)
class TaskList:
    """A page of tasks with what is needed to go on."""

    tasks: tuple[Task, ...]
    next_page_token: str
    page_size: int
    total_size: int


@record()
class View:
    """How a stream wants to be shown: its mode, and how long text may be gathered (ms)."""

    mode: StreamMode = StreamMode.CORE
    coalesce_ms: int = 0


@record()
class Snapshot:
    """The first frame of a stream: the task as it was after entry `sequence`."""

    task: Task
    sequence: int


StreamItem: TypeAlias = Snapshot | Message | list[Entry]
"""A stream gives one Snapshot, or one Message and no more; then entries as they come.

An empty list means that nothing has happened for a while."""
